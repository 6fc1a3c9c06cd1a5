// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.internal.loop.LoopPart;
import io.millrace.net.DatagramCallback;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.PoolChunk;
import org.jspecify.annotations.Nullable;

/** One send's place in a {@link SendQueue}: the datagram, and who wants to hear of its end. */
final class PendingDatagram extends OutgoingDatagram {
    /** The next one of the queue, or the next idle one of the pool. */
    @Nullable PendingDatagram next;

    /** Whose memory it is, if it is a chunk's; with a share of it. */
    @Nullable PoolChunk chunk;

    @Nullable DatagramCallback callback;

    /** Why it failed, once it has. */
    @Nullable IoException failure;

    /** Why it is not given to the kernel at all, or OK. */
    int refusal = Code.OK;

    /** If the bytes go in several datagrams: how many of them go in each but the last. Else 0. */
    int pieceBytes;

    /** Where the bytes begin that the kernel has not taken, and where all of them end. */
    int start;

    /** Where they began at first. */
    int first;

    int end;

    /** A loop's idle places: last in, first out, so that a busy loop uses few, and warm. */
    static final class Pool {
        static final LoopPart<Pool> OF_LOOP = new LoopPart<>(loop -> new Pool());

        /** Beyond this many idle ones the rest is left to the garbage collector: some 800 KiB. */
        private static final int MOST_IDLE = 4096;

        private @Nullable PendingDatagram idle;
        private int idleCount;

        PendingDatagram take() {
            PendingDatagram datagram = idle;
            if (datagram == null) {
                return new PendingDatagram();
            }
            idle = datagram.next;
            datagram.next = null;
            idleCount--;
            return datagram;
        }

        /** Takes back one of which nobody will hear any more. Its memory is gone already. */
        void giveBack(PendingDatagram datagram) {
            datagram.callback = null;
            datagram.failure = null;
            datagram.refusal = Code.OK;
            datagram.to.clear();
            datagram.from.clear();
            datagram.interfaceIndex = 0;
            datagram.trafficClass = DatagramInfo.UNKNOWN;
            datagram.segmentBytes = 0;
            datagram.pieceBytes = 0;
            if (idleCount < MOST_IDLE) {
                idleCount++;
                datagram.next = idle;
                idle = datagram;
            }
        }
    }
}
