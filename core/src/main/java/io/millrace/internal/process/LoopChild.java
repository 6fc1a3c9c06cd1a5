// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.internal.loop.TimerNode;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitHandler;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import io.millrace.spi.Spawner;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link ChildProcess}.
 *
 * <p>Its number is safe to signal until its status is taken, which is done on the loop's thread
 * alone as long as the handle is open, and not while the processes of its tree are being found.
 */
public final class LoopChild extends LoopHandle implements ChildProcess, WatchSink {
    private final Spawner spawner;
    private final SystemServices system;
    private final String name;
    private final ChildNumber process;
    private final @Nullable LoopPipe[] ends;
    private final Telling telling = new Telling();
    private final Deadline deadline = new Deadline();
    private @Nullable WatchPort watch;
    private int endDescriptor = -1;
    private @Nullable ExitHandler exitHandler;
    private @Nullable ExitHandler finishHandler;
    private @Nullable ExitStatus status;

    /** Why the status is not known although it has ended. */
    private @Nullable IoException lost;

    /** How many of its tree are being signalled. */
    private int treesAsked;

    /** Whether a thread of its own waits for its end, and not the loop. */
    private boolean isWaitedFor;

    /** Whether a thread is to take the status. */
    private boolean isOrphan;

    LoopChild(
            Loop loop,
            SystemServices system,
            Spawner spawner,
            String name,
            ChildNumber process,
            @Nullable LoopPipe[] ends) {
        super(loop);
        this.system = system;
        this.spawner = spawner;
        this.name = name;
        this.process = process;
        this.ends = ends;
        for (LoopPipe each : ends) {
            if (each != null) {
                each.onReadingEnded(this::tellLater);
            }
        }
    }

    public static CompletionStage<ChildProcess> start(Loop loop, ChildOptions options) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(options, "options");
        loop.check("start a child");
        loop.ensureOpen();
        SystemServices system = loop.driver.system();
        String why =
                system == null
                        ? "backend " + loop.backend().name() + " has no descriptors"
                        : system.whyNoChildren();
        if (system == null || why != null) {
            throw new UnsupportedOperationException("start a child: " + why);
        }
        return new ChildStart(loop, system, options).begin();
    }

    /** It runs: waits for its end. */
    void begin() {
        join();
        setActive(true);
        int descriptor = spawner.endDescriptor(process.number());
        if (descriptor >= 0) {
            try {
                WatchEngine engine = Objects.requireNonNull(loop().driver.watches());
                WatchPort port = engine.watch(descriptor, this);
                port.await(WatchEngine.READABLE);
                endDescriptor = descriptor;
                watch = port;
                return;
            } catch (IoException refused) {
                // Its number is too high for this backend, say: a thread waits instead.
                Log.CORE.report(
                        System.Logger.Level.DEBUG, this + " is waited for by a thread", refused);
                system.descriptors().close(descriptor);
            }
        }
        waitOnAThread();
    }

    private void waitOnAThread() {
        Delivery end = new End(loop());
        process.await(
                () -> {
                    try {
                        loop().deliver(end);
                    } catch (RejectedExecutionException closed) {
                        // The loop was let go of, and with it this handle.
                        process.reapQuietly();
                    }
                });
        isWaitedFor = true;
    }

    /** The thread that waits for it has seen its end. */
    private final class End extends Delivery {
        End(Loop loop) {
            super(loop);
        }

        @Override
        public void run() {
            mayHaveEnded();
        }

        @Override
        public LoopHandle owner() {
            return LoopChild.this;
        }
    }

    @Override
    public void onReady(int events) {
        mayHaveEnded();
    }

    @Override
    public void onFailed(int code) {
        mayHaveEnded();
        if (isOpen() && !hasEnded() && !isWaitedFor) {
            // Nothing comes from the watch any more.
            waitOnAThread();
            WatchPort port = watch;
            if (port != null) {
                port.close();
            }
        }
    }

    @Override
    public void onClosed() {
        closeDescriptor();
        if (!isOpen()) {
            letGo();
        }
    }

    private void closeDescriptor() {
        watch = null;
        if (endDescriptor >= 0) {
            system.descriptors().close(endDescriptor);
            endDescriptor = -1;
        }
    }

    private void mayHaveEnded() {
        if (!isOpen() || hasEnded()) {
            return;
        }
        if (treesAsked > 0) {
            WatchPort port = watch;
            if (port != null && !isWaitedFor) {
                port.await(0);
            }
            return;
        }
        try {
            long told = process.reap();
            if (told == Spawner.RUNS) {
                return;
            }
            status =
                    told < 256
                            ? new ExitStatus((int) told, null)
                            : new ExitStatus(-1, spawner.nameOf((int) told - 256));
        } catch (IoException taken) {
            lost = taken;
        }
        deadline.stop();
        WatchPort port = watch;
        if (port != null) {
            port.close();
        }
        setActive(false);
        tell();
    }

    private boolean hasEnded() {
        return status != null || lost != null;
    }

    private void tellLater() {
        if (hasEnded()) {
            loop().completions.add(telling);
        }
    }

    private void tell() {
        ExitHandler first = exitHandler;
        if (first != null && isOpen()) {
            exitHandler = null;
            tell(first);
        }
        ExitHandler second = finishHandler;
        if (second != null && isOpen() && isAllRead()) {
            finishHandler = null;
            tell(second);
        }
    }

    private boolean isAllRead() {
        for (LoopPipe each : ends) {
            if (each != null && each.isSource() && !each.hasReadingEnded()) {
                return false;
            }
        }
        return true;
    }

    private void tell(ExitHandler handler) {
        ExitStatus known = status;
        IoException unknown = lost;
        loop().guard
                .run(
                        this,
                        () -> {
                            if (known != null) {
                                handler.onExit(this, known);
                            } else {
                                handler.onLost(this, Objects.requireNonNull(unknown));
                            }
                        });
    }

    @Override
    public long processId() {
        return process.number();
    }

    @Override
    public @Nullable Pipe input() {
        return ends[0];
    }

    @Override
    public @Nullable Pipe output() {
        return ends[1];
    }

    @Override
    public @Nullable Pipe errors() {
        return ends[2];
    }

    @Override
    public void onExit(ExitHandler handler) {
        ensureOpen("onExit");
        exitHandler = Objects.requireNonNull(handler, "handler");
        tellLater();
    }

    @Override
    public void onFinished(ExitHandler handler) {
        ensureOpen("onFinished");
        finishHandler = Objects.requireNonNull(handler, "handler");
        tellLater();
    }

    @Override
    public @Nullable ExitStatus exitStatus() {
        loop().check("exitStatus");
        return status;
    }

    private int numberOf(String signal) {
        String upper = Objects.requireNonNull(signal, "signal").toUpperCase(Locale.ROOT);
        int number = spawner.numberOf(upper.startsWith("SIG") ? upper.substring(3) : upper);
        if (number <= 0) {
            throw new IllegalArgumentException("the system has no signal " + signal);
        }
        return number;
    }

    @Override
    public boolean kill(String signal) throws IoException {
        ensureOpen("kill");
        int number = numberOf(signal);
        if (hasEnded()) {
            return false;
        }
        int result = process.kill(number);
        if (result < 0) {
            throw IoException.of(result, "kill " + this, null);
        }
        return true;
    }

    @Override
    public CompletionStage<Integer> killTree(String signal) {
        ensureOpen("killTree");
        int number = numberOf(signal);
        boolean isThere = !hasEnded();
        CompletionStage<Integer> told =
                loop().work(() -> isThere ? process.killTree(number) : 0).result();
        // Not before: the executor may refuse, and then nobody would count it down again.
        treesAsked++;
        return told.whenComplete((count, failure) -> treeIsAsked());
    }

    private void treeIsAsked() {
        treesAsked--;
        WatchPort port = watch;
        if (treesAsked == 0 && isOpen() && !hasEnded()) {
            if (port != null && !isWaitedFor) {
                port.await(WatchEngine.READABLE);
            } else {
                mayHaveEnded();
            }
        }
    }

    @Override
    public void killAfter(Duration time, Duration grace) {
        ensureOpen("killAfter");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(grace, "grace");
        if (time.isNegative() || grace.isNegative()) {
            throw new IllegalArgumentException("a time must not be negative");
        }
        deadline.stop();
        if (!time.isZero() && !hasEnded()) {
            deadline.start(LoopTimer.nanos(time), LoopTimer.nanos(grace));
        }
    }

    @Override
    public void startClosing() {
        deadline.stop();
        WatchPort port = watch;
        if (port != null) {
            port.close();
        } else {
            letGo();
        }
    }

    /** A thread takes the status of one that runs on. */
    private void letGo() {
        try {
            orphan();
        } finally {
            released();
        }
    }

    private void orphan() {
        if (!hasEnded() && !isOrphan) {
            isOrphan = true;
            process.letGo();
        }
    }

    @Override
    public void abandon() {
        try {
            closeDescriptor();
            orphan();
        } finally {
            super.abandon();
        }
    }

    @Override
    public String details() {
        ExitStatus known = status;
        return " "
                + name
                + " process "
                + process.number()
                + (known == null ? "" : " ended, " + known);
    }

    /** What is told when nothing comes from the driver. */
    private final class Telling extends Deferred {
        @Override
        public void runDeferred() {
            tell();
        }

        @Override
        public LoopHandle owner() {
            return LoopChild.this;
        }
    }

    /** First it asks, then it does not. */
    private final class Deadline extends TimerNode {
        private final Delivery killed = new Killed(loop());
        private long graceNanos;
        private boolean asked;

        /** Why its tree could not be killed; from the thread that tried, with {@link #killed}. */
        private @Nullable Throwable failure;

        void start(long nanos, long grace) {
            graceNanos = grace;
            asked = false;
            at(nanos);
        }

        private void at(long nanos) {
            loop().timers.start(this, loop().clock.now() + Math.min(nanos, Long.MAX_VALUE / 2));
        }

        void stop() {
            loop().timers.stop(this);
        }

        @Override
        public void expire() {
            if (!isOpen() || hasEnded()) {
                return;
            }
            if (asked) {
                killTreeByThread();
                return;
            }
            asked = true;
            send("TERM");
            at(graceNanos);
        }

        /**
         * By a thread of its own: those for work may all be busy, even with waiting for this very
         * process. Where none is to be had, at least the process itself.
         */
        private void killTreeByThread() {
            int number = numberOf("KILL");
            treesAsked++;
            try {
                String name = "millrace-kill-" + process.number();
                Thread thread = new Thread(() -> killTreeAndTell(number), name);
                thread.setDaemon(true);
                thread.start();
            } catch (Throwable refused) {
                treesAsked--;
                killAlone(refused);
            }
        }

        private void killTreeAndTell(int number) {
            try {
                process.killTree(number);
            } catch (Throwable thrown) {
                failure = thrown;
            }
            try {
                loop().deliver(killed);
            } catch (RejectedExecutionException closed) {
                Log.CORE.report(
                        System.Logger.Level.DEBUG, "killed after its loop was closed", closed);
            }
        }

        /** Its tree was killed, or could not be. */
        private final class Killed extends Delivery {
            Killed(Loop loop) {
                super(loop);
            }

            @Override
            public void run() {
                isKilled();
            }
        }

        private void isKilled() {
            Throwable why = failure;
            failure = null;
            try {
                if (why != null && isOpen() && !hasEnded()) {
                    killAlone(why);
                }
            } finally {
                treeIsAsked();
            }
        }

        private void killAlone(Throwable why) {
            send("KILL");
            Log.CORE.report(
                    System.Logger.Level.WARNING,
                    "cannot look for what "
                            + LoopChild.this
                            + " has started; only the process itself was killed",
                    why);
        }

        private void send(String signal) {
            int result = process.kill(numberOf(signal));
            if (result < 0) {
                Log.CORE.report(
                        System.Logger.Level.WARNING,
                        "cannot end " + LoopChild.this + ": " + Code.name(result),
                        null);
            }
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(LoopChild.this, failure);
        }
    }
}
