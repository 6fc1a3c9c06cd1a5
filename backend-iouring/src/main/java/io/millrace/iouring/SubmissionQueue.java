// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.QueueFlag;
import io.millrace.iouring.UringAbi.SubmissionLayout;
import io.millrace.posix.NativeMemory;
import java.lang.invoke.VarHandle;

/**
 * The submission queue: this process fills entries at the tail, io_uring_enter(2) takes them from
 * the head. Loop thread only.
 *
 * <p>Three marks, in this order round the ring: the kernel's <em>head</em>, before which everything
 * has been taken; the <em>tail</em>, up to which the kernel may take; and <em>claimed</em>, up to
 * which entries are being filled. An entry's memory, and scratch memory that belongs to its place,
 * may be reused as soon as the head has passed it, because the kernel copies at submission.
 */
final class SubmissionQueue {
    private final NativeMemory rings;
    private final NativeMemory entries;
    private final int capacity;
    private final int headOffset;
    private final int tailOffset;
    private final int flagsOffset;
    private int claimed;

    /**
     * {@code parameters} as io_uring_setup(2) filled them in, {@code rings} and {@code entries}
     * mapped.
     */
    SubmissionQueue(NativeMemory parameters, NativeMemory rings, NativeMemory entries) {
        this.rings = rings;
        this.entries = entries;
        capacity = parameters.getInt(ParametersLayout.SUBMISSION_ENTRIES);
        headOffset = parameters.getInt(ParametersLayout.SUBMISSION_HEAD);
        tailOffset = parameters.getInt(ParametersLayout.SUBMISSION_TAIL);
        flagsOffset = parameters.getInt(ParametersLayout.SUBMISSION_FLAGS);
        claimed = rings.getInt(tailOffset);
    }

    /**
     * For rings that have an array of indices between tail and entries: entry i is always named at
     * place i, so the array is written once and never again.
     */
    void fillIndexArray(NativeMemory parameters) {
        int array = parameters.getInt(ParametersLayout.SUBMISSION_ARRAY);
        for (int i = 0; i < capacity; i++) {
            rings.putInt(array + i * Integer.BYTES, i);
        }
    }

    int capacity() {
        return capacity;
    }

    /** How many more entries can be claimed before the kernel has to take some. */
    int room() {
        return capacity - pending();
    }

    /** Entries claimed and not yet taken by the kernel. */
    int pending() {
        return claimed - headAcquire();
    }

    /** The number of the entry that {@link #claim} would answer next, from 0. */
    int nextPlace() {
        return claimed & (capacity - 1);
    }

    /** Where in {@link #entries()} the next entry begins, all zero. Needs {@link #room()}. */
    int claim() {
        assert room() > 0 : "the submission queue is full";
        int at = (claimed++ & (capacity - 1)) * SubmissionLayout.BYTES;
        entries.zero(at, SubmissionLayout.BYTES);
        return at;
    }

    /** How far entries are claimed, for {@link #rollBack}. */
    int mark() {
        return claimed;
    }

    /** Gives back what was claimed since, and not published. */
    void rollBack(int mark) {
        claimed = mark;
    }

    /** Whether the kernel has not taken the request with these user data. */
    boolean holds(long userData) {
        return find(userData) >= 0;
    }

    /**
     * If the kernel has not taken the request with these user data, makes it one that does nothing
     * and says so. Not with a kernel that takes them by itself.
     */
    boolean makeIdle(long userData) {
        int at = find(userData);
        if (at < 0) {
            return false;
        }
        entries.zero(at, SubmissionLayout.BYTES);
        entries.putLong(at + SubmissionLayout.USER_DATA, userData);
        return true;
    }

    private int find(long userData) {
        for (int place = headAcquire(); place != claimed; place++) {
            int at = (place & (capacity - 1)) * SubmissionLayout.BYTES;
            if (entries.getLong(at + SubmissionLayout.USER_DATA) == userData) {
                return at;
            }
        }
        return -1;
    }

    NativeMemory entries() {
        return entries;
    }

    /** Lets the kernel see what was claimed. Answers how many entries it has not taken yet. */
    int publish() {
        publishTail(claimed);
        return pending();
    }

    /** Whether completions wait inside the kernel until this thread enters it. */
    boolean needsEntry() {
        return (flagsOpaque() & (QueueFlag.TASK_RUN | QueueFlag.OVERFLOW)) != 0;
    }

    /** Whether completions that found the queue full are still inside the kernel. */
    boolean hasOverflown() {
        return (flagsOpaque() & QueueFlag.OVERFLOW) != 0;
    }

    /**
     * Whether the kernel's submission thread sleeps and does not see what was published. Between
     * publishing and looking there must be a full fence: the thread looks once more between saying
     * that it goes to sleep and doing so.
     */
    boolean needsWakeup() {
        VarHandle.fullFence();
        return (flagsOpaque() & QueueFlag.NEED_WAKEUP) != 0;
    }

    private int headAcquire() {
        return rings.getIntAcquire(headOffset);
    }

    private void publishTail(int value) {
        rings.putIntRelease(tailOffset, value);
    }

    private int flagsOpaque() {
        return rings.getIntOpaque(flagsOffset);
    }

    /** Only what this process knows: the queue's memory may be gone. */
    @Override
    public String toString() {
        return "entries claimed up to " + claimed + ", in a queue of " + capacity;
    }
}
