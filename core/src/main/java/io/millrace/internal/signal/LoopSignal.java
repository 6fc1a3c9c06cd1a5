// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.signal;

import io.millrace.SignalHandler;
import io.millrace.SignalWatch;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link SignalWatch}. */
public final class LoopSignal extends LoopHandle implements SignalWatch {
    private final String signal;
    private @Nullable SignalHandler handler;
    private boolean once;

    /**
     * Counts starts and stops: what the process got in an earlier one is told to nobody. Odd while
     * it is started. Written by the loop.
     */
    private volatile int epoch;

    private LoopSignal(Loop loop, String signal) {
        super(loop);
        this.signal = signal;
    }

    public static LoopSignal open(Loop loop, String name) {
        Objects.requireNonNull(loop, "loop");
        String upper = Objects.requireNonNull(name, "signal").toUpperCase(java.util.Locale.ROOT);
        String signal = upper.startsWith("SIG") ? upper.substring(3) : upper;
        ProcessSignals.ensureWatchable(signal);
        LoopSignal watch = new LoopSignal(loop, signal);
        watch.join();
        return watch;
    }

    @Override
    public void start(SignalHandler newHandler) {
        start(newHandler, false);
    }

    @Override
    public void startOnce(SignalHandler newHandler) {
        start(newHandler, true);
    }

    private void start(SignalHandler newHandler, boolean onlyOnce) {
        ensureOpen("start");
        Objects.requireNonNull(newHandler, "handler");
        if (!isStarted()) {
            ProcessSignals.add(this);
            epoch(epoch + 1);
        }
        handler = newHandler;
        once = onlyOnce;
        setActive(true);
    }

    @Override
    public void stop() {
        loop().check("stop");
        letGo();
        setActive(false);
    }

    private void letGo() {
        if (isStarted()) {
            epoch(epoch + 1);
            ProcessSignals.remove(this);
        }
    }

    /** Only the loop's thread writes. */
    private void epoch(int next) {
        epoch = next;
    }

    private boolean isStarted() {
        return (epoch & 1) != 0;
    }

    @Override
    public String signal() {
        return signal;
    }

    /** On a thread of the virtual machine's. */
    void got() {
        int of = epoch;
        try {
            loop().execute(() -> tell(of));
        } catch (RejectedExecutionException closed) {
            // The loop was let go of, and is about to stop this watch, or has.
            return;
        }
    }

    private void tell(int of) {
        SignalHandler current = handler;
        if (of != epoch || !isStarted() || current == null) {
            return;
        }
        if (once) {
            stop();
        }
        loop().guard.run(this, () -> current.onSignal(this));
    }

    @Override
    public void startClosing() {
        letGo();
        released();
    }

    @Override
    public String details() {
        return " " + signal;
    }
}
