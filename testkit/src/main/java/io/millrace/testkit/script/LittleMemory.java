// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.DirectMemory;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/**
 * A virtual machine that refuses direct memory to the thread that made this, as often and as long
 * as a test wants; until {@link #close}, on the same thread.
 */
public final class LittleMemory implements DirectMemory.Source, AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final IntPredicate refuses;
    private final DirectMemory.Source before;
    private int asked;
    private int refused;

    /**
     * @param refuses which requests, counted from 1, are refused
     */
    public LittleMemory(IntPredicate refuses) {
        this.refuses = refuses;
        before = DirectMemory.replaceSource(this);
    }

    @Override
    public ByteBuffer allocate(int bytes) {
        if (Thread.currentThread() == thread && refuses.test(++asked)) {
            refused++;
            throw new OutOfMemoryError("refused by a test");
        }
        return before.allocate(bytes);
    }

    /** How many requests there were so far. */
    public int asked() {
        return asked;
    }

    /** How many of them were refused. */
    public int refused() {
        return refused;
    }

    @Override
    public void close() {
        DirectMemory.replaceSource(before);
    }
}
