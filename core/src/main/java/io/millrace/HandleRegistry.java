// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All handles of a loop in order of creation, and the counts that decide whether it is alive.
 *
 * <p>Loop thread only. A handle is listed from when it is made to its close callback.
 */
final class HandleRegistry {
    private @Nullable Handle first;
    private @Nullable Handle last;
    private @Nullable Handle cursor;
    private int size;
    private int activeReferenced;
    private int requests;

    void add(Handle handle) {
        handle.previousInLoop = last;
        if (last == null) {
            first = handle;
        } else {
            last.nextInLoop = handle;
        }
        last = handle;
        size++;
    }

    void remove(Handle handle) {
        if (cursor == handle) {
            cursor = handle.nextInLoop;
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

    /** Visits each handle that was there; the visitor may close any. */
    void walk(Consumer<? super Handle> visitor) {
        if (cursor != null) {
            throw new IllegalStateException("walk was called from inside walk");
        }
        Handle end = last;
        cursor = first;
        try {
            while (cursor != null) {
                Handle handle = cursor;
                cursor = handle == end ? null : handle.nextInLoop;
                visitor.accept(handle);
            }
        } finally {
            cursor = null;
        }
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** For messages. */
    @Nullable Handle first() {
        return first;
    }

    boolean hasRequests() {
        return requests > 0;
    }

    void countActive(int change) {
        activeReferenced += change;
        assert activeReferenced >= 0;
    }

    /**
     * An operation with a completion has begun; it keeps the loop alive whatever its handle does.
     */
    void requestBegins() {
        requests++;
    }

    void requestEnds() {
        requests--;
        assert requests >= 0;
    }

    /** Whether the loop goes on even when all operations in flight have ended. */
    boolean hasActive() {
        return activeReferenced > 0;
    }

    boolean isBusy() {
        return activeReferenced > 0 || requests > 0;
    }
}
