// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.spi.Code;

/**
 * The wake-up of one queue: an EVFILT_USER event, which costs no descriptor.
 *
 * <p>It is added before the first trigger, which would find nothing otherwise, and cleared by being
 * reported, so that any number of triggers end one wait. Every record for it carries the same
 * {@code udata}, because a trigger overwrites what adding it has set. {@link #trigger} is for any
 * thread and may race with {@link #close}: then it does nothing, and never reaches a queue that got
 * the number afterwards.
 */
final class UserEvent {
    /** No socket has this word: its slot would be negative. */
    static final long WORD = -1;

    private static final int IDENT = 0;

    private final KqueueCalls calls;
    private final Kevents trigger;

    /** -1 after close. Guarded by this object. */
    private int kqueue;

    UserEvent(KqueueCalls calls, KqueueAbi abi, int kqueue) {
        this.calls = calls;
        this.kqueue = kqueue;
        trigger = new Kevents(abi.layout, 1);
        trigger.put(0, IDENT, abi.filterUser, 0, WORD);
        trigger.putFflags(0, KeventFlag.NOTE_TRIGGER);
    }

    /** Writes the change that adds it. */
    static void putAdd(Kevents changes, int index, KqueueAbi abi) {
        int flags = KeventFlag.ADD | KeventFlag.CLEAR;
        changes.put(index, IDENT, abi.filterUser, flags, WORD);
    }

    /** Ends the current or else the next wait. */
    synchronized void trigger() {
        if (kqueue < 0) {
            return;
        }
        int result;
        do {
            result = calls.kevent(kqueue, trigger.address(0), 1, 0, 0, 0);
        } while (result == Code.INTERRUPTED);
    }

    synchronized void close() {
        if (kqueue >= 0) {
            calls.close(kqueue);
            kqueue = -1;
        }
    }
}
