// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * System calls of one kind to be made one after the other: the first three arguments of each, and
 * once it was made, its answer.
 *
 * <p>In memory that machine code reads and writes, so that going to native code once makes them
 * all; see {@link KernelEntry#callEach}. Not thread-safe.
 */
public final class CallTable {
    /** Four 64-bit numbers: the arguments, then the answer. {@link EntryCode} knows them too. */
    static final int ENTRY_BYTES = 32;

    private static final int SECOND = 8;
    private static final int THIRD = 16;
    private static final int ANSWER = 24;

    private final NativeMemory memory;
    private int count;

    public CallTable(int capacity) {
        memory = NativeMemory.allocate(capacity * ENTRY_BYTES);
    }

    /** Adds a call; beyond the capacity that is an {@link IndexOutOfBoundsException}. */
    public void add(long first, long second, long third) {
        int entry = count * ENTRY_BYTES;
        memory.putLong(entry, first);
        memory.putLong(entry + SECOND, second);
        memory.putLong(entry + THIRD, third);
        count++;
    }

    public int count() {
        return count;
    }

    /** Starts over. What was there can be read until the next call is added. */
    public void clear() {
        count = 0;
    }

    public long first(int index) {
        return memory.getLong(index * ENTRY_BYTES);
    }

    public long second(int index) {
        return memory.getLong(index * ENTRY_BYTES + SECOND);
    }

    public long third(int index) {
        return memory.getLong(index * ENTRY_BYTES + THIRD);
    }

    public long answer(int index) {
        return memory.getLong(index * ENTRY_BYTES + ANSWER);
    }

    public void setAnswer(int index, long answer) {
        memory.putLong(index * ENTRY_BYTES + ANSWER, answer);
    }

    long address() {
        return memory.address();
    }
}
