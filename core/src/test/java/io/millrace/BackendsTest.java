// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The choice of a backend, with three on the test class path: {@code fake-good} (rank 5), {@code
 * fake-broken} (rank 9, never usable) and {@code fake-hidden} (usable, never chosen automatically).
 */
class BackendsTest {
    @AfterEach
    void forgetTheWish() {
        System.clearProperty(Backends.PROPERTY);
    }

    @Test
    void withoutAWishTheBestUsableOneIsTaken() throws Exception {
        try (EventLoop loop = EventLoop.open()) {
            assertEquals("fake-good", loop.backend().name());
            String why = loop.backend().reason();
            assertTrue(why.contains("fake-broken: it is broken on purpose"), why);
        }
    }

    @Test
    void theReportNamesAllAndSaysWhy() {
        BackendReport report = Backends.report();
        assertEquals("fake-good", report.chosen());
        assertEquals(3, report.backends().size());
        assertTrue(report.toString().contains("fake-broken: not usable: it is broken on purpose"));
        assertTrue(report.toString().contains(" * fake-good: usable"));
    }

    @Test
    void askingForAnUnusableBackendFailsWithItsReasonAndWithWhatWouldWork() {
        System.setProperty(Backends.PROPERTY, "fake-broken");
        IoException failure = assertThrows(IoException.class, EventLoop::open);
        assertEquals(Code.NOT_SUPPORTED, failure.code());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("fake-broken: it is broken on purpose"), message);
        assertTrue(message.contains("What would work here: fake-good, fake-hidden."), message);
        assertNull(Backends.report().chosen());
    }

    @Test
    void askingForAnUnknownBackendFailsAndSaysThatItIsUnknown() {
        System.setProperty(Backends.PROPERTY, "no-such");
        IoException failure = assertThrows(IoException.class, EventLoop::open);
        assertTrue(String.valueOf(failure.getMessage()).contains("no-such: not on the class path"));
    }

    @Test
    void aListIsTriedInOrder() throws Exception {
        System.setProperty(Backends.PROPERTY, "fake-broken, fake-hidden ,fake-good");
        try (EventLoop loop = EventLoop.open()) {
            assertEquals("fake-hidden", loop.backend().name());
        }
    }

    @Test
    void autoInAListStandsForTheAutomaticChoice() throws Exception {
        System.setProperty(Backends.PROPERTY, "fake-broken,auto");
        try (EventLoop loop = EventLoop.open()) {
            assertEquals("fake-good", loop.backend().name());
        }
    }

    @Test
    void optionsGoBeforeTheProperty() throws Exception {
        System.setProperty(Backends.PROPERTY, "fake-good");
        LoopOptions options = LoopOptions.builder().backend("fake-hidden").build();
        try (EventLoop loop = EventLoop.open(options)) {
            assertEquals("fake-hidden", loop.backend().name());
            assertEquals("asked for by the loop's options", loop.backend().reason());
        }
    }

    @Test
    void aBackendThatFailsToOpenIsARefusalLikeAnyOther() throws Exception {
        LoopOptions options =
                LoopOptions.builder()
                        .backend("fake-good", "fake-hidden")
                        .property("fake-good.refuse", "yes")
                        .build();
        try (EventLoop loop = EventLoop.open(options)) {
            assertEquals("fake-hidden", loop.backend().name());
            assertTrue(loop.backend().reason().contains("ENOMEM"), loop.backend().reason());
        }
    }
}
