// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** The started hooks of one kind, in order of starting. Loop thread only. */
final class HookList {
    private @Nullable LoopHook first;
    private @Nullable LoopHook last;

    /** The next hook to call, so that hooks may stop each other while the list is run. */
    private @Nullable LoopHook cursor;

    private boolean running;
    private long pass;

    boolean isEmpty() {
        return first == null;
    }

    boolean contains(LoopHook hook) {
        return hook == first || hook.previousHook != null;
    }

    void add(LoopHook hook) {
        hook.startedInPass = running ? pass : -1;
        hook.previousHook = last;
        if (last == null) {
            first = hook;
        } else {
            last.nextHook = hook;
        }
        last = hook;
    }

    void remove(LoopHook hook) {
        if (cursor == hook) {
            cursor = hook.nextHook;
        }
        if (hook.previousHook == null) {
            first = hook.nextHook;
        } else {
            hook.previousHook.nextHook = hook.nextHook;
        }
        if (hook.nextHook == null) {
            last = hook.previousHook;
        } else {
            hook.nextHook.previousHook = hook.previousHook;
        }
        hook.previousHook = null;
        hook.nextHook = null;
    }

    void run() {
        if (first == null) {
            return;
        }
        pass++;
        running = true;
        cursor = first;
        while (cursor != null) {
            LoopHook hook = cursor;
            cursor = hook.nextHook;
            if (hook.startedInPass != pass) {
                hook.call();
            }
        }
        running = false;
    }
}
