// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.CompletionLayout;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.posix.NativeMemory;
import java.util.Arrays;

/**
 * The completion queue: the kernel fills entries at the tail, this process takes them from the
 * head. Loop thread only.
 *
 * <p>{@link #take} copies an entry's three fields and gives its place back at once. So the handler
 * that runs next may submit and thereby make the kernel complete more: it never finds the queue
 * full of entries that were already handled, which would end multishot requests for nothing.
 *
 * <p>Before those of the kernel's ring come those that were {@linkplain #setAside set aside}, which
 * is rare: to get at what found the ring full before it is that one's turn.
 */
final class CompletionQueue {
    private final NativeMemory rings;
    private final int entriesOffset;
    private final int capacity;
    private final int headOffset;
    private final int tailOffset;
    private final int overflowOffset;
    private int consumed;

    /** Of those set aside: which request, and result and flags in the two halves of a number. */
    private long[] asideUserData = {};

    private long[] asideAnswers = {};
    private int asideCount;
    private int asideTaken;

    private long userData;
    private int result;
    private int flags;
    private int resultAhead;
    private int flagsAhead;

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
        return tailAcquire() - consumed + asideCount - asideTaken;
    }

    private int asideLeft() {
        return asideCount - asideTaken;
    }

    /** Where in the ring an entry is, of those that were not taken. */
    private int at(int index) {
        return entriesOffset + (consumed + index & capacity - 1) * CompletionLayout.BYTES;
    }

    /**
     * What request the completion belongs to that {@link #take} would find after {@code others}.
     */
    long userDataAfter(int others) {
        assert others < ready();
        int left = asideLeft();
        return others < left
                ? asideUserData[asideTaken + others]
                : rings.getLong(at(others - left) + CompletionLayout.USER_DATA);
    }

    /** Takes the oldest completion into this object's fields. Needs {@link #ready()}. */
    void take() {
        assert ready() > 0 : "the completion queue is empty";
        if (asideCount != 0) {
            takeFromAside();
            return;
        }
        int at = at(0);
        userData = rings.getLong(at + CompletionLayout.USER_DATA);
        result = rings.getInt(at + CompletionLayout.RESULT);
        flags = rings.getInt(at + CompletionLayout.FLAGS);
        publishHead(++consumed);
    }

    private void takeFromAside() {
        userData = asideUserData[asideTaken];
        long answer = asideAnswers[asideTaken++];
        result = (int) answer;
        flags = (int) (answer >>> Integer.SIZE);
        if (asideTaken == asideCount) {
            asideCount = 0;
            asideTaken = 0;
        }
    }

    /** Makes the whole ring the kernel's again. What is in it is taken from here, in its turn. */
    void setAside() {
        int inRing = tailAcquire() - consumed;
        int all = asideCount + inRing;
        asideUserData = Arrays.copyOf(asideUserData, Math.max(all, asideUserData.length));
        asideAnswers = Arrays.copyOf(asideAnswers, asideUserData.length);
        for (int i = 0; i < inRing; i++) {
            int at = at(i);
            asideUserData[asideCount + i] = rings.getLong(at + CompletionLayout.USER_DATA);
            asideAnswers[asideCount + i] =
                    answer(
                            rings.getInt(at + CompletionLayout.RESULT),
                            rings.getInt(at + CompletionLayout.FLAGS));
        }
        asideCount = all;
        consumed += inRing;
        publishHead(consumed);
    }

    private static long answer(int result, int flags) {
        return (long) flags << Integer.SIZE | Integer.toUnsignedLong(result);
    }

    /**
     * Takes a request's one completion before its turn, into {@link #resultAhead} and {@link
     * #flagsAhead}. In its turn it will be one of {@code nobody}'s. Answers whether there is one.
     */
    boolean takeAhead(long request, long nobody) {
        for (int i = ready() - 1; i >= 0; i--) {
            if (userDataAfter(i) == request) {
                takeAhead(i, nobody);
                return true;
            }
        }
        return false;
    }

    private void takeAhead(int others, long nobody) {
        int left = asideLeft();
        if (others < left) {
            int index = asideTaken + others;
            resultAhead = (int) asideAnswers[index];
            flagsAhead = (int) (asideAnswers[index] >>> Integer.SIZE);
            asideUserData[index] = nobody;
        } else {
            int at = at(others - left);
            resultAhead = rings.getInt(at + CompletionLayout.RESULT);
            flagsAhead = rings.getInt(at + CompletionLayout.FLAGS);
            rings.putLong(at + CompletionLayout.USER_DATA, nobody);
        }
    }

    int resultAhead() {
        return resultAhead;
    }

    int flagsAhead() {
        return flagsAhead;
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
