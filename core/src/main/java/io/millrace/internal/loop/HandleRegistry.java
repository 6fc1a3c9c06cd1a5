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
    private static final LinkedMembers.Links<LoopHandle> IN_LOOP =
            new LinkedMembers.Links<>() {
                @Override
                public @Nullable LoopHandle previous(LoopHandle handle) {
                    return handle.previousInLoop;
                }

                @Override
                public @Nullable LoopHandle next(LoopHandle handle) {
                    return handle.nextInLoop;
                }

                @Override
                public void previous(LoopHandle handle, @Nullable LoopHandle previous) {
                    handle.previousInLoop = previous;
                }

                @Override
                public void next(LoopHandle handle, @Nullable LoopHandle next) {
                    handle.nextInLoop = next;
                }
            };

    private final LinkedMembers<LoopHandle> handles = new LinkedMembers<>(IN_LOOP);
    private long made;
    private long visits;
    private int size;
    private int activeReferenced;
    private int requests;

    void add(LoopHandle handle) {
        handles.add(handle);
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
        handles.remove(handle);
        size--;
    }

    /**
     * Visits each handle that was there; the visitor may close any, run the loop, or walk itself.
     */
    void walk(Consumer<? super LoopHandle> visitor) {
        walkFrom(handles.first(), visitor);
    }

    /**
     * Visits each handle that has been made since so many had been, and perhaps some made before
     * that, but no more of both than have been made since.
     */
    void walkMadeSince(long before, Consumer<? super LoopHandle> visitor) {
        if (before == made) {
            return;
        }
        LoopHandle from = handles.last();
        for (long left = made - before - 1; left > 0 && from != handles.first(); left--) {
            from = Objects.requireNonNull(from).previousInLoop;
        }
        walkFrom(from, visitor);
    }

    private void walkFrom(@Nullable LoopHandle from, Consumer<? super LoopHandle> visitor) {
        LinkedMembers<LoopHandle>.Walk walk = handles.new Walk();
        walk.begin(from);
        try {
            for (LoopHandle each = walk.take(); each != null; each = walk.take()) {
                visits++;
                visitor.accept(each);
            }
        } finally {
            walk.end();
        }
    }

    int size() {
        return size;
    }

    public boolean isEmpty() {
        return handles.isEmpty();
    }

    /** For messages. */
    @Nullable LoopHandle first() {
        return handles.first();
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
