// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.signal.LoopSignal;
import java.util.Objects;

/**
 * Tells of signals that the process gets, on the loop's thread; see signal(7).
 *
 * <p>While any watch of a signal is started, whatever the process did about it before is not done:
 * on {@code TERM}, {@code INT} and {@code HUP} the virtual machine does not end. When the last one
 * stops, what was there before is there again, the virtual machine's own handlers included.
 *
 * <p>There may be any number for each signal, on any loops. Each is told of each time the process
 * was told, those of one loop in the order in which they were started; the kernel merges signals of
 * one kind that come faster than they are taken. Of two different signals either may be told first.
 *
 * <p>Refused are those that nobody can catch ({@code KILL}, {@code STOP}), and those that the
 * virtual machine needs itself ({@code SEGV}, {@code QUIT} and others; with {@code -Xrs} also
 * {@code TERM}, {@code INT} and {@code HUP}). It may need {@code USR2} as well, to sample threads
 * while a flight recording runs: the environment variable {@code _JAVA_SR_SIGNUM} gives it another
 * one.
 *
 * <p>What this process was started to ignore of {@code HUP}, {@code INT} and {@code TERM}, such as
 * {@code HUP} by nohup(1) or {@code INT} by a shell in the background, it goes on to ignore: the
 * virtual machine takes a watch's handler and never installs it, and tells nobody so. Such a watch
 * starts and is never told.
 *
 * <p>{@code CHLD} is not ignored again after its last watch, also if this process was started to
 * ignore it: it would cost children that run their status.
 *
 * <p>Works by the JDK's module {@code jdk.unsupported}, on every backend alike. Loop thread only.
 * Active while started: {@link #unref} it where it is not to keep the loop running.
 */
public sealed interface SignalWatch extends Handle permits LoopSignal {
    /**
     * Makes a stopped watch.
     *
     * @param signal its name, such as {@code TERM} or {@code SIGTERM}
     * @throws IllegalArgumentException if the system has no signal of that name
     * @throws UnsupportedOperationException if it cannot be watched, with the reason
     */
    static SignalWatch open(EventLoop loop, String signal) {
        return LoopSignal.open((Loop) loop, signal);
    }

    /**
     * Opens a watch and starts it.
     *
     * @throws IllegalArgumentException if the system has no signal of that name
     * @throws UnsupportedOperationException if it cannot be watched, with the reason
     */
    static SignalWatch start(EventLoop loop, String signal, SignalHandler handler) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(handler, "handler");
        SignalWatch watch = open(loop, signal);
        watch.start(handler);
        return watch;
    }

    /**
     * Tells the handler from now on, in place of the one it was started with before.
     *
     * @throws UnsupportedOperationException if the virtual machine does not give the signal away,
     *     as with {@code -Xrs}
     */
    void start(SignalHandler handler);

    /** As {@link #start(SignalHandler)}, and stops before the handler is told the first time. */
    void startOnce(SignalHandler handler);

    /** Tells nothing more, not even what the process has got already. Idempotent. */
    void stop();

    /** Its name, without {@code SIG}. */
    String signal();
}
