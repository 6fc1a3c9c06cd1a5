// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.LoopContext;
import java.util.function.Consumer;

/**
 * What a driver tells its loop while it polls: notes of it, for the turn to act on. Loop thread
 * only.
 */
final class DriverReports implements LoopContext {
    private final LoopClock clock;
    private final LoopCounters counters;
    private final Consumer<Throwable> failures;
    private long waitBegan;
    private boolean waiting;
    private boolean chunksReturned;
    private boolean memoryRefused;

    /**
     * @param failures hears of what failed inside the driver
     */
    DriverReports(LoopClock clock, LoopCounters counters, Consumer<Throwable> failures) {
        this.clock = clock;
        this.counters = counters;
        this.failures = failures;
    }

    @Override
    public long nanoTime() {
        return clock.read();
    }

    @Override
    public void waitBegins() {
        waitBegan = clock.timeBeforeWait();
        waiting = true;
        counters.waitBegins(waitBegan);
    }

    @Override
    public void waitEnded(int events) {
        if (waiting) {
            waiting = false;
            counters.waited(events, clock.waitEnds() - waitBegan);
        } else if (events > 0) {
            clock.waitEnds();
            counters.found(events);
        } else {
            clock.looked();
        }
    }

    @Override
    public void countSystemCalls(int calls) {
        clock.timePasses();
        counters.countSystemCalls(calls);
    }

    @Override
    public void chunksReturned() {
        chunksReturned = true;
    }

    /** Whether {@link #takeChunksReturned} has something to answer. */
    boolean hasChunksReturned() {
        return chunksReturned;
    }

    /** Whether chunks came back since the last call. */
    boolean takeChunksReturned() {
        boolean taken = chunksReturned;
        chunksReturned = false;
        return taken;
    }

    @Override
    public void memoryRefused() {
        memoryRefused = true;
    }

    /** Whether a driver lacked memory since the last call. */
    boolean takeMemoryRefused() {
        boolean taken = memoryRefused;
        memoryRefused = false;
        return taken;
    }

    @Override
    public void failed(Throwable failure) {
        failures.accept(failure);
    }
}
