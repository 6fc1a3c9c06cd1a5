// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All handles of a loop in order of creation, and the counts that decide whether it is alive.
 *
 * <p>Loop thread only. A handle is listed from when it is made to its close callback.
 */
public final class HandleRegistry {
    private @Nullable LoopHandle first;
    private @Nullable LoopHandle last;

    /** The innermost walk under way. */
    private @Nullable Walk walk;

    private long made;
    private long visits;
    private int size;
    private int activeReferenced;
    private int requests;

    void add(LoopHandle handle) {
        handle.previousInLoop = last;
        if (last == null) {
            first = handle;
        } else {
            last.nextInLoop = handle;
        }
        last = handle;
        made++;
        size++;
    }

    /** How many handles there have been so far. */
    long made() {
        return made;
    }

    /** How many handles all walks have shown so far, for tests. */
    long visits() {
        return visits;
    }

    void remove(LoopHandle handle) {
        for (Walk each = walk; each != null; each = each.outer) {
            each.leaveOut(handle);
        }
        if (handle.previousInLoop == null) {
            first = handle.nextInLoop;
        } else {
            handle.previousInLoop.nextInLoop = handle.nextInLoop;
        }
        if (handle.nextInLoop == null) {
            last = handle.previousInLoop;
        } else {
            handle.nextInLoop.previousInLoop = handle.previousInLoop;
        }
        handle.previousInLoop = null;
        handle.nextInLoop = null;
        size--;
    }

    /**
     * Visits each handle that was there; the visitor may close any, run the loop, or walk itself.
     */
    void walk(Consumer<? super LoopHandle> visitor) {
        walkFrom(first, visitor);
    }

    /**
     * Visits each handle that has been made since so many had been, and perhaps some made before
     * that, but no more of both than have been made since.
     */
    void walkMadeSince(long before, Consumer<? super LoopHandle> visitor) {
        if (before == made) {
            return;
        }
        LoopHandle from = last;
        for (long left = made - before - 1; left > 0 && from != first; left--) {
            from = Objects.requireNonNull(from).previousInLoop;
        }
        walkFrom(from, visitor);
    }

    private void walkFrom(@Nullable LoopHandle from, Consumer<? super LoopHandle> visitor) {
        Walk current = new Walk(from, last, walk);
        walk = current;
        try {
            for (LoopHandle each = current.take(); each != null; each = current.take()) {
                visits++;
                visitor.accept(each);
            }
        } finally {
            walk = current.outer;
        }
    }

    /** Where a walk is, so that handles may go meanwhile. */
    private static final class Walk {
        final @Nullable Walk outer;

        private @Nullable LoopHandle next;
        private @Nullable LoopHandle end;

        Walk(@Nullable LoopHandle next, @Nullable LoopHandle end, @Nullable Walk outer) {
            this.next = next;
            this.end = end;
            this.outer = outer;
        }

        @Nullable LoopHandle take() {
            LoopHandle taken = next;
            if (taken != null) {
                next = taken == end ? null : taken.nextInLoop;
            }
            return taken;
        }

        /** The handle is about to be removed. */
        void leaveOut(LoopHandle handle) {
            if (next == handle) {
                next = handle == end ? null : handle.nextInLoop;
            }
            if (end == handle) {
                end = handle.previousInLoop;
            }
        }
    }

    int size() {
        return size;
    }

    public boolean isEmpty() {
        return first == null;
    }

    /** For messages. */
    @Nullable LoopHandle first() {
        return first;
    }

    public boolean hasRequests() {
        return requests > 0;
    }

    void countActive(int change) {
        activeReferenced += change;
        assert activeReferenced >= 0;
    }

    /**
     * An operation with a completion has begun; it keeps the loop alive whatever its handle does.
     */
    public void requestBegins() {
        requests++;
    }

    public void requestEnds() {
        requests--;
        assert requests >= 0;
    }

    /** Whether the loop goes on even when all operations in flight have ended. */
    public boolean hasActive() {
        return activeReferenced > 0;
    }

    boolean isBusy() {
        return activeReferenced > 0 || requests > 0;
    }

    @Override
    public String toString() {
        return "HandleRegistry[handles "
                + size
                + ", active "
                + activeReferenced
                + ", requests "
                + requests
                + "]";
    }
}
