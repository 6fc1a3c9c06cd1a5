// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.load.DatagramEcho;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A datagram allocates nothing, at either end, on every engine with descriptors. */
@Timeout(120)
class DatagramAllocationTest {
    private static final int DATAGRAMS = 10_000;

    @ParameterizedTest
    @ValueSource(strings = {"kqueue-like-freebsd", "kqueue-like-macos"})
    void aDatagramAllocatesNothing(String backend) throws IOException {
        BackendUnderTest.named(backend).assumeUsable();
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        long allocated = DatagramEcho.leastAllocated(backend, DATAGRAMS);
        assertTrue(allocated < DATAGRAMS, () -> allocated + " bytes for " + DATAGRAMS);
    }
}
