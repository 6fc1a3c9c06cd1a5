// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.CompletionLayout;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.posix.NativeMemory;

/**
 * The completion queue: the kernel fills entries at the tail, this process takes them from the
 * head. Loop thread only.
 *
 * <p>{@link #take} copies an entry's three fields and gives its place back at once. So the handler
 * that runs next may submit and thereby make the kernel complete more: it never finds the queue
 * full of entries that were already handled, which would end multishot requests for nothing.
 */
final class CompletionQueue {
    private final NativeMemory rings;
    private final int entriesOffset;
    private final int capacity;
    private final int headOffset;
    private final int tailOffset;
    private final int overflowOffset;
    private int consumed;

    private long userData;
    private int result;
    private int flags;

    /** {@code parameters} as io_uring_setup(2) filled them in and {@code rings} mapped. */
    CompletionQueue(NativeMemory parameters, NativeMemory rings) {
        this.rings = rings;
        entriesOffset = parameters.getInt(ParametersLayout.COMPLETION_QUEUE);
        capacity = parameters.getInt(ParametersLayout.COMPLETION_ENTRIES);
        headOffset = parameters.getInt(ParametersLayout.COMPLETION_HEAD);
        tailOffset = parameters.getInt(ParametersLayout.COMPLETION_TAIL);
        overflowOffset = parameters.getInt(ParametersLayout.COMPLETION_OVERFLOW);
        consumed = rings.getInt(headOffset);
    }

    int capacity() {
        return capacity;
    }

    /** How many completions can be taken now. */
    int ready() {
        return tailAcquire() - consumed;
    }

    /**
     * What request the completion belongs to that {@link #take} would find after {@code others}.
     */
    long userDataAfter(int others) {
        assert others < ready();
        int at = (consumed + others & capacity - 1) * CompletionLayout.BYTES;
        return rings.getLong(entriesOffset + at + CompletionLayout.USER_DATA);
    }

    /** Takes the oldest completion into this object's fields. Needs {@link #ready()}. */
    void take() {
        assert ready() > 0 : "the completion queue is empty";
        int at = entriesOffset + (consumed & (capacity - 1)) * CompletionLayout.BYTES;
        userData = rings.getLong(at + CompletionLayout.USER_DATA);
        result = rings.getInt(at + CompletionLayout.RESULT);
        flags = rings.getInt(at + CompletionLayout.FLAGS);
        publishHead(++consumed);
    }

    /** What the request was submitted with. */
    long userData() {
        return userData;
    }

    /** A number of bytes, a descriptor, or a negative error number. */
    int result() {
        return result;
    }

    /** See {@link CompletionFlag}. */
    int flags() {
        return flags;
    }

    /** How many completions the kernel could not even keep; anything but 0 is fatal. */
    int lost() {
        return rings.getIntOpaque(overflowOffset);
    }

    private int tailAcquire() {
        return rings.getIntAcquire(tailOffset);
    }

    private void publishHead(int value) {
        rings.putIntRelease(headOffset, value);
    }

    /** Only what this process knows: the queue's memory may be gone. */
    @Override
    public String toString() {
        return "completions taken up to " + consumed + ", in a queue of " + capacity;
    }
}
