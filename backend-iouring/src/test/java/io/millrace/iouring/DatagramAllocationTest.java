// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.load.DatagramEcho;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A datagram through a ring allocates nothing, at either end. */
@Timeout(120)
class DatagramAllocationTest {
    private static final int DATAGRAMS = 10_000;

    @Test
    void aDatagramAllocatesNothing() throws IOException {
        BackendUnderTest.named("io_uring").assumeUsable();
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        long allocated = DatagramEcho.leastAllocated("io_uring", DATAGRAMS);
        assertTrue(allocated < DATAGRAMS, () -> allocated + " bytes for " + DATAGRAMS);
    }
}
