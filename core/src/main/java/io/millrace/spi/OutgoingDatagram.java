// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A datagram that is to be sent, as an engine sees it. Core makes them, fills them in, and uses
 * them again. Loop thread only.
 */
public class OutgoingDatagram {
    /** Direct, and long enough; position and limit mean nothing. Null once it has ended. */
    public @Nullable ByteBuffer memory;

    /** Where {@link #memory} begins, or 0 if that is not known. */
    public long address;

    /** Where it goes; not known if the socket is connected. */
    public final DatagramAddress to = new DatagramAddress();

    /** Which of the host's addresses it is to come from, without a port; known if that is said. */
    public final DatagramAddress from = new DatagramAddress();

    /** The interface by which it is to leave, or 0. */
    public int interfaceIndex;

    /** The byte that has DSCP and ECN, or {@link DatagramInfo#UNKNOWN} for that of the socket. */
    public int trafficClass = DatagramInfo.UNKNOWN;

    /**
     * If the kernel is to cut the bytes into several datagrams: how long each is to be but the
     * last. Else 0. Only where the engine said that it does so.
     */
    public int segmentBytes;

    public OutgoingDatagram() {}
}
