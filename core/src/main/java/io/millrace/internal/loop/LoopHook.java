// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.Check;
import io.millrace.Hook;
import io.millrace.Idle;
import io.millrace.Prepare;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Hook}. */
public abstract non-sealed class LoopHook extends LoopHandle implements Hook {
    private final HookList list;
    private @Nullable Runnable callback;

    /** The list of started hooks of this kind. */
    @Nullable LoopHook previousHook;

    @Nullable LoopHook nextHook;

    LoopHook(Loop loop, HookList list) {
        super(loop);
        this.list = list;
        join();
    }

    @Override
    public final void start(Runnable callback) {
        ensureOpen("start");
        this.callback = Objects.requireNonNull(callback, "callback");
        if (!isActive()) {
            setActive(true);
            list.add(this);
        }
    }

    @Override
    public final void stop() {
        loop().check("stop");
        if (isActive()) {
            setActive(false);
            list.remove(this);
        }
    }

    @Override
    public final void startClosing() {
        if (list.contains(this)) {
            list.remove(this);
        }
        released();
    }

    final void call() {
        Runnable current = callback;
        if (current != null) {
            loop().guard.run(this, current);
        }
    }

    /** The implementation of {@link Idle}. */
    public static final class OfIdle extends LoopHook implements Idle {
        OfIdle(Loop loop) {
            super(loop, Objects.requireNonNull(loop, "loop").idles);
        }
    }

    /** The implementation of {@link Prepare}. */
    public static final class OfPrepare extends LoopHook implements Prepare {
        OfPrepare(Loop loop) {
            super(loop, Objects.requireNonNull(loop, "loop").prepares);
        }
    }

    /** The implementation of {@link Check}. */
    public static final class OfCheck extends LoopHook implements Check {
        OfCheck(Loop loop) {
            super(loop, Objects.requireNonNull(loop, "loop").checks);
        }
    }

    public static Idle idle(Loop loop) {
        return new OfIdle(loop);
    }

    public static Prepare prepare(Loop loop) {
        return new OfPrepare(loop);
    }

    public static Check check(Loop loop) {
        return new OfCheck(loop);
    }
}
