// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.LoopContext;
import java.util.function.LongSupplier;

/** A loop context that counts what a driver tells it. */
public final class ScriptedContext implements LoopContext {
    private final LongSupplier clock;
    private int waits;
    private long events;
    private long systemCalls;
    private int chunkReturns;

    public ScriptedContext(LongSupplier clock) {
        this.clock = clock;
    }

    /** How many waits have ended. */
    public int waits() {
        return waits;
    }

    public long events() {
        return events;
    }

    public long systemCalls() {
        return systemCalls;
    }

    /** How often the driver said that chunks came back. */
    public int chunkReturns() {
        return chunkReturns;
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    @Override
    public void waitBegins() {
        // Where a loop would note when its idle time began.
    }

    @Override
    public void waitEnded(int count) {
        waits++;
        events += count;
    }

    @Override
    public void countSystemCalls(int calls) {
        systemCalls += calls;
    }

    @Override
    public void chunksReturned() {
        chunkReturns++;
    }
}
