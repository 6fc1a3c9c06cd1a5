// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.load.DatagramEcho;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a datagram allocates over a channel of the JDK is the JDK's: the objects of addresses. */
@Timeout(120)
class DatagramAllocationTest {
    private static final int DATAGRAMS = 10_000;

    /**
     * Half of the peers send with an address, as does the server; each of a channel's receives
     * makes one for a sender that is not the last one's.
     */
    private static final int BYTES_OF_THE_JDK = 120;

    @Test
    void aDatagramAllocatesNoMoreThanTheAddressesOfTheJdk() throws IOException {
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        long each = DatagramEcho.leastAllocated("nio", DATAGRAMS) / DATAGRAMS;
        assertTrue(each <= BYTES_OF_THE_JDK, () -> each + " bytes for a datagram");
    }
}
