// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Those that would receive but found no chunk, in the order in which they did. They go on when the
 * driver has enough again, so many in each turn; at once would be a spin.
 *
 * <p>The driver tells when chunks come back. Nobody tells when memory does, be it another loop's or
 * garbage that was collected; so while that is what is lacking, they also try again from time to
 * time. Loop thread only.
 */
public final class ChunkWaiters extends TimerNode {
    /** Hardly felt by who waits for memory, and next to nothing to the processor. */
    private static final long MEMORY_PAUSE_NANOS = 20_000_000;

    private final Loop loop;
    private final Deferred goingOn = new GoingOn();
    private @Nullable ChunkWaiter head;
    private @Nullable ChunkWaiter tail;

    /** The last of those who may go on; null if nobody may. */
    private @Nullable ChunkWaiter lastToGoOn;

    ChunkWaiters(Loop loop) {
        this.loop = loop;
    }

    public void add(ChunkWaiter waiter) {
        if (tail == null) {
            head = waiter;
        } else {
            tail.nextWaiter = waiter;
        }
        tail = waiter;
        if (loop.reports.takeMemoryRefused() && place == TimerNode.IDLE) {
            loop.timers.start(this, loop.clock.now() + MEMORY_PAUSE_NANOS);
        }
    }

    @Override
    public void expire() {
        resumeAll();
    }

    @Override
    public void failed(Throwable failure) {
        loop.guard.failed(failure);
    }

    /** Whoever waits now may go on. */
    void resumeAll() {
        boolean already = lastToGoOn != null;
        lastToGoOn = tail;
        if (!already) {
            resumeShare();
        }
    }

    private void resumeShare() {
        int left = TurnShares.CALLBACKS;
        while (lastToGoOn != null && left-- > 0) {
            resumeFirst();
        }
        if (lastToGoOn != null) {
            loop.shares.continueNextTurn(goingOn);
        }
    }

    private void resumeFirst() {
        ChunkWaiter waiter = Objects.requireNonNull(head);
        head = waiter.nextWaiter;
        waiter.nextWaiter = null;
        if (head == null) {
            tail = null;
        }
        if (waiter == lastToGoOn) {
            lastToGoOn = null;
        }
        waiter.chunksReturned();
    }

    private final class GoingOn extends Deferred {
        @Override
        public void runDeferred() {
            resumeShare();
        }

        /** Those of many streams; each sees to its own failures. */
        @Override
        public @Nullable LoopHandle owner() {
            return null;
        }
    }
}
