// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handle that the loop calls once every turn while started; {@link Idle}, {@link Prepare} and
 * {@link Check} differ in when. Hooks of one kind run in the order in which they were started; one
 * started by another of its kind waits for the next turn.
 */
public abstract sealed class Hook extends Handle permits Idle, Prepare, Check {
    private final HookList list;
    private @Nullable Runnable callback;

    /** The list of started hooks of this kind. */
    @Nullable Hook previousHook;

    @Nullable Hook nextHook;

    /** The pass of the list in which this hook was started, so that it is left out there. */
    long startedInPass;

    Hook(EventLoop loop, HookList list) {
        super(loop);
        this.list = list;
        join();
    }

    /** Calls {@code callback} every turn from now on, in place of an earlier one. */
    public final void start(Runnable callback) {
        ensureOpen("start");
        this.callback = Objects.requireNonNull(callback, "callback");
        if (!isActive()) {
            setActive(true);
            list.add(this);
        }
    }

    /** No more calls from now on. Idempotent. */
    public final void stop() {
        loop().check("stop");
        if (isActive()) {
            setActive(false);
            list.remove(this);
        }
    }

    @Override
    final void release() {
        if (list.contains(this)) {
            list.remove(this);
        }
        released();
    }

    final void call() {
        Runnable current = callback;
        if (current == null) {
            return;
        }
        CallbackGuard guard = loop().guard;
        long began = guard.begins();
        try {
            current.run();
        } catch (Throwable failure) {
            guard.failed(this, failure);
        }
        guard.ended(began);
    }
}
