// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** The started hooks of one kind, in order of starting. Loop thread only. */
final class HookList {
    private static final LinkedMembers.Links<LoopHook> STARTED =
            new LinkedMembers.Links<>() {
                @Override
                public @Nullable LoopHook previous(LoopHook hook) {
                    return hook.previousHook;
                }

                @Override
                public @Nullable LoopHook next(LoopHook hook) {
                    return hook.nextHook;
                }

                @Override
                public void previous(LoopHook hook, @Nullable LoopHook previous) {
                    hook.previousHook = previous;
                }

                @Override
                public void next(LoopHook hook, @Nullable LoopHook next) {
                    hook.nextHook = next;
                }
            };

    private final LinkedMembers<LoopHook> hooks = new LinkedMembers<>(STARTED);

    /** One for all turns: no callback can run the loop again. */
    private final LinkedMembers<LoopHook>.Walk pass = hooks.new Walk();

    boolean isEmpty() {
        return hooks.isEmpty();
    }

    boolean contains(LoopHook hook) {
        return hooks.contains(hook);
    }

    void add(LoopHook hook) {
        hooks.add(hook);
    }

    void remove(LoopHook hook) {
        hooks.remove(hook);
    }

    /** Calls all that were started before; hooks may stop each other meanwhile. */
    void run() {
        if (hooks.isEmpty()) {
            return;
        }
        pass.begin(hooks.first());
        try {
            for (LoopHook hook = pass.take(); hook != null; hook = pass.take()) {
                hook.call();
            }
        } finally {
            pass.end();
        }
    }
}
