// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done when the kernel refuses a ring. */
class RingSetupTest {
    private final FakeKernel kernel = new FakeKernel();
    private final RingSetup setup = new RingSetup(kernel);

    @Test
    void waitsOnceForTheMemoryOfClosedRings() throws IoException {
        kernel.nextSetups.add(Code.NO_MEMORY);
        try (Ring ring = setup.open(KernelRecords.linux6_1(), new RingSizes(128, 1024))) {
            assertEquals(128, ring.submissions().capacity());
        }
        assertEquals(List.of(RingSetup.MEMORY_RETURN_NANOS), kernel.pauses);
        assertTrue(kernel.isReleased());
    }

    @Test
    void thenHalvesTheRing() throws IoException {
        kernel.nextSetups.addAll(Collections.nCopies(3, Code.NO_MEMORY));
        try (Ring ring = setup.open(KernelRecords.linux6_1(), new RingSizes(128, 1024))) {
            assertEquals(32, ring.submissions().capacity());
            assertEquals(256, ring.completions().capacity());
        }
        assertEquals(1, kernel.pauses.size());
    }

    @Test
    void thenGivesUp() {
        kernel.nextSetups.addAll(Collections.nCopies(4, Code.NO_MEMORY));
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> setup.open(KernelRecords.linux6_1(), new RingSizes(64, 128)));
        assertEquals(Code.NO_MEMORY, failure.code());
        assertEquals(
                List.of(
                        new RingSizes(64, 128),
                        new RingSizes(64, 128),
                        new RingSizes(32, 64),
                        new RingSizes(16, 64)),
                kernel.setupSizes);
    }

    @Test
    void doesNotShrinkForOtherReasons() {
        kernel.nextSetups.add(Code.NOT_PERMITTED);
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> setup.open(KernelRecords.linux6_1(), RingSizes.DEFAULT));
        assertEquals(Code.NOT_PERMITTED, failure.code());
        assertEquals(1, kernel.setupSizes.size());
    }

    @Test
    void asksForExactlyWhatTheRecordSays() throws IoException {
        kernel.features = KernelRecords.linux6_6();
        setup.open(KernelRecords.linux6_6(), RingSizes.DEFAULT).close();
        assertEquals(List.of(KernelRecords.linux6_6().setupFlags()), kernel.setupFlags);
        assertTrue(kernel.isReleased());
    }
}
