// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.LoopContext;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The loop's cached time and the counts of its turns: what a driver tells the loop while it polls.
 *
 * <p>Written on the loop's thread; {@link #metrics} may be read from any, and may then be an event
 * behind.
 */
final class LoopClock implements LoopContext {
    private final LongSupplier source;
    private long now;
    private long waitBegan;
    private boolean waiting;
    private boolean chunksReturned;

    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong eventsAlreadyWaiting = new AtomicLong();
    private final AtomicLong idleNanos = new AtomicLong();
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong systemCalls = new AtomicLong();

    /** When the wait in progress began; 0 when there is none. Lets others see a sleeping loop. */
    private final AtomicLong publishedWait = new AtomicLong();

    LoopClock(LongSupplier source) {
        this.source = source;
        now = source.getAsLong();
    }

    long now() {
        return now;
    }

    void update() {
        now = source.getAsLong();
    }

    void countTurn() {
        add(turns, 1);
    }

    void countReceived(long bytes) {
        add(bytesReceived, bytes);
    }

    void countSent(long bytes) {
        add(bytesSent, bytes);
    }

    /** Whether chunks came back since the last call. */
    boolean takeChunksReturned() {
        boolean taken = chunksReturned;
        chunksReturned = false;
        return taken;
    }

    @Override
    public long nanoTime() {
        return source.getAsLong();
    }

    @Override
    public void waitBegins() {
        waitBegan = source.getAsLong();
        waiting = true;
        publishedWait.setOpaque(waitBegan);
    }

    @Override
    public void waitEnded(int count) {
        update();
        add(events, count);
        if (waiting) {
            waiting = false;
            publishedWait.setOpaque(0);
            add(idleNanos, now - waitBegan);
        } else {
            add(eventsAlreadyWaiting, count);
        }
    }

    @Override
    public void countSystemCalls(int calls) {
        add(systemCalls, calls);
    }

    @Override
    public void chunksReturned() {
        chunksReturned = true;
    }

    LoopMetrics metrics(long longestCallbackNanos) {
        long began = publishedWait.getOpaque();
        long inProgress = began == 0 ? 0 : Math.max(0, source.getAsLong() - began);
        return new LoopMetrics(
                turns.getOpaque(),
                events.getOpaque(),
                eventsAlreadyWaiting.getOpaque(),
                idleNanos.getOpaque() + inProgress,
                longestCallbackNanos,
                bytesReceived.getOpaque(),
                bytesSent.getOpaque(),
                systemCalls.getOpaque());
    }

    private static void add(AtomicLong counter, long amount) {
        counter.setOpaque(counter.getPlain() + amount);
    }
}
