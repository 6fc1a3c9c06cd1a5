// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * Streams that would receive but found no chunk, in the order in which they did. They go on when
 * the driver has enough again; at once would be a spin.
 *
 * <p>The driver tells when chunks come back. Nobody tells when memory does, be it another loop's or
 * garbage that was collected; so while that is what is lacking, they also try again from time to
 * time. Loop thread only.
 */
final class ChunkWaiters extends TimerNode {
    /** Hardly felt by who waits for memory, and next to nothing to the processor. */
    private static final long MEMORY_PAUSE_NANOS = 20_000_000;

    private final EventLoop loop;
    private @Nullable Inbound head;
    private @Nullable Inbound tail;

    ChunkWaiters(EventLoop loop) {
        this.loop = loop;
    }

    void add(Inbound inbound) {
        if (tail == null) {
            head = inbound;
        } else {
            tail.nextWaiter = inbound;
        }
        tail = inbound;
        if (loop.clock.takeMemoryRefused() && place == TimerNode.IDLE) {
            loop.timers.start(this, loop.clock.now() + MEMORY_PAUSE_NANOS);
        }
    }

    @Override
    void expire() {
        resumeAll();
    }

    void resumeAll() {
        Inbound inbound = head;
        head = null;
        tail = null;
        while (inbound != null) {
            Inbound next = inbound.nextWaiter;
            inbound.nextWaiter = null;
            inbound.chunksReturned();
            inbound = next;
        }
    }
}
