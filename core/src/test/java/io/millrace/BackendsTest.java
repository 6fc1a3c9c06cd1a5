// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fixture.Logged;
import io.millrace.internal.backend.BackendChoice;
import io.millrace.spi.Code;
import java.util.List;
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
    void aNameThatDoesNotExistIsRefusedWhereverItStands() {
        for (String[] names :
                new String[][] {
                    {"fake-god", "fake-good"}, {"fake-good", "fake-god"}, {"fake-god"}
                }) {
            assertRefused(
                    LoopOptions.builder().backend(names).build(),
                    "open a loop: EINVAL: the loop's options: there is no backend 'fake-god'; did"
                            + " you mean fake-good? There are auto, epoll, epoll-et, fake-broken,");
        }
        System.setProperty(Backends.PROPERTY, "atuo");
        assertRefused(LoopOptions.DEFAULT, "-Dmillrace.backend=atuo: there is no backend 'atuo'");
        assertRefused(LoopOptions.DEFAULT, "did you mean auto?");
        assertNull(Backends.report().chosen());
        assertTrue(Backends.report().explanation().contains("did you mean auto?"));
    }

    @Test
    void aNameThatDoesNotExistIsRefusedAlsoWhereAnotherListGoesBefore() {
        System.setProperty(Backends.PROPERTY, "fake-god");
        assertRefused(LoopOptions.builder().backend("fake-good").build(), "fake-god");
    }

    @Test
    void caseAndEmptyNamesAreNotPassedOver() {
        assertRefused(LoopOptions.builder().backend("FAKE-GOOD").build(), "mean fake-good?");
        assertRefused(LoopOptions.builder().backend("").build(), "there is no backend ''");
        assertRefused(LoopOptions.builder().backend("io-uring").build(), "mean io_uring?");
        LoopOptions list = LoopOptions.builder().backend("fake-good,nio").build();
        assertRefused(list, "each is a string of its own");
        System.setProperty(Backends.PROPERTY, " , ");
        assertRefused(LoopOptions.DEFAULT, "it names no backend");
    }

    @Test
    void blanksAndRepeatedNamesDoNotMatter() throws Exception {
        LoopOptions options =
                LoopOptions.builder().backend(" fake-hidden ", "fake-hidden", "auto").build();
        try (EventLoop loop = EventLoop.open(options)) {
            assertEquals("fake-hidden", loop.backend().name());
        }
        System.setProperty(Backends.PROPERTY, "  ");
        try (EventLoop loop = EventLoop.open()) {
            assertEquals("fake-good", loop.backend().name());
        }
    }

    /** A program may name all it would like, and take along only some of the jars. */
    @Test
    void aBackendOfOursThatIsNotOnTheClassPathIsPassedOver() throws Exception {
        LoopOptions options = LoopOptions.builder().backend("nio", "fake-good").build();
        try (EventLoop loop = EventLoop.open(options)) {
            assertEquals("fake-good", loop.backend().name());
            String why = loop.backend().reason();
            assertTrue(why.endsWith("; before it, nio: not on the class path"), why);
        }
    }

    private static void assertRefused(LoopOptions options, String part) {
        IoException refusal = assertThrows(IoException.class, () -> EventLoop.open(options));
        String message = String.valueOf(refusal.getMessage());
        assertEquals(Code.INVALID_ARGUMENT, refusal.code(), message);
        assertTrue(message.contains(part), message);
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

    @Test
    void aBackendThatLacksAClassWhenItIsOpenedIsLeftOutAndToldOnce() throws Exception {
        LoopOptions options =
                LoopOptions.builder()
                        .backend("fake-good", "fake-hidden")
                        .property("fake-good.refuse", "linkage")
                        .build();
        try (Logged logged = Logged.during("io.millrace")) {
            for (int i = 0; i < 2; i++) {
                try (EventLoop loop = EventLoop.open(options)) {
                    assertEquals("fake-hidden", loop.backend().name());
                    String why = loop.backend().reason();
                    assertTrue(
                            why.contains("fake-good: it is not whole: java.lang.NoClassDef"), why);
                }
            }
            assertEquals(1, logged.lines().size(), logged.lines()::toString);
            String line = logged.lines().get(0);
            assertTrue(line.startsWith("the backend fake-good is left out: it is not whole"), line);
            assertTrue(line.contains("org/example/Missing; add the jar or module"), line);
        }
    }

    @Test
    void whatSeveralBackendsLackIsOneWarningThatNamesThem() {
        try (Logged logged = Logged.during("io.millrace")) {
            for (String last : new String[] {"third", "third", "fourth"}) {
                BackendChoice.LeftOut leftOut = new BackendChoice.LeftOut();
                leftOut.add("first", "one library is missing");
                leftOut.add("second", "something else is missing");
                leftOut.add(last, "one library is missing");
                leftOut.add("first", "one library is missing");
                leftOut.tell();
            }
            assertEquals(
                    List.of(
                            "the backends first, third are left out: one library is missing",
                            "the backend second is left out: something else is missing",
                            "the backend fourth is left out: one library is missing"),
                    logged.lines());
        }
    }

    @Test
    void whatAnEngineItselfRefusesIsARefusalOfTheSettings() {
        assertRefused(
                LoopOptions.builder()
                        .backend("fake-good", "fake-hidden")
                        .property("fake-good.refuse", "argument")
                        .build(),
                "fake-good: no loop has 7 of those");
    }
}
