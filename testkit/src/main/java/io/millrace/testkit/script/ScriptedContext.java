// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.LoopContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A loop context that counts what a driver tells it. */
public final class ScriptedContext implements LoopContext {
    private final LongSupplier clock;
    private int waits;
    private long events;
    private long systemCalls;
    private int chunkReturns;
    private @Nullable List<Throwable> failures;

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

    /** From now on failures inside of ports are expected, and collected in what is answered. */
    public List<Throwable> expectFailures() {
        List<Throwable> expected = new ArrayList<>();
        failures = expected;
        return expected;
    }

    @Override
    public void failed(Throwable failure) {
        if (failures == null) {
            throw new AssertionError(failure);
        }
        failures.add(failure);
    }

    @Override
    public void chunksReturned() {
        chunkReturns++;
    }
}
