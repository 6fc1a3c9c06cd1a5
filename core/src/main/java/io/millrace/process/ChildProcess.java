// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.process.LoopChild;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A process that this one has started; see posix_spawn(3).
 *
 * <p>It is started on one of the loop's work threads, and inherits nothing but what {@link
 * ChildOptions} say. No signal is blocked or ignored in it, also none that this process was started
 * to ignore, such as {@code HUP} by nohup(1). Ends that are pipes are streams of the loop, with
 * back-pressure: a child whose output nobody reads waits. Each is a handle of its own, which goes
 * on when the child has ended, because others may have the child's end, and when this handle is
 * closed.
 *
 * <p>No zombie stays: the status of a child is taken as soon as it has ended, whether its handle is
 * open or was closed before. Closing the handle, or the loop, leaves the process alone. A process
 * that ignores {@code CHLD}, perhaps because it was started so, gets no statuses: each start sets
 * what the system does by default, as the JDK's own children do. Who ignores it again while a child
 * runs is told that its status is lost.
 *
 * <p>On Linux with glibc 2.34 or later, on backends with descriptors. Loop thread only. Active
 * until the child has ended: {@link #unref} it where that is not to be waited for.
 */
public sealed interface ChildProcess extends Handle permits LoopChild {
    /**
     * Starts a child.
     *
     * @return the child when it runs its program, or an {@link IoException}: {@code ENOENT} if
     *     there is no such program or directory, {@code EACCES} without permission, {@code E2BIG}
     *     for more arguments and environment than the system takes, {@code EAGAIN} where there may
     *     be no more processes, {@code EMFILE}; then there is no process
     * @throws UnsupportedOperationException if children cannot be started here, with the reason
     */
    static CompletionStage<ChildProcess> start(EventLoop loop, ChildOptions options) {
        return LoopChild.start((Loop) loop, options);
    }

    /** Its number. It is nobody else's at least until {@link #onExit} is told. */
    long processId();

    /** What its standard input comes from, if that is a pipe. */
    @Nullable Pipe input();

    /** Where its standard output goes, if that is a pipe. */
    @Nullable Pipe output();

    /** Where its standard error output goes, if that is a pipe. */
    @Nullable Pipe errors();

    /**
     * Sets who is told when it has ended, once. What it wrote before may still be on its way, and
     * processes that it has started may hold its ends for as long as they like. If it has ended
     * already, that is told later. Replaces an earlier one.
     */
    void onExit(ExitHandler handler);

    /**
     * Sets who is told when it has ended and everything it wrote to pipes was read: their ends have
     * been told, or they are closed or {@linkplain Pipe#join joined}. Never if nobody reads them.
     * If that is so already, it is told later. Replaces an earlier one.
     */
    void onFinished(ExitHandler handler);

    /** How it has ended; null while that is not known. */
    @Nullable ExitStatus exitStatus();

    /**
     * Sends it a signal.
     *
     * @param signal its name, such as {@code TERM}
     * @return whether it was there to get it; one that has ended gets none
     * @throws IoException {@code EPERM} if it runs with other rights by now
     * @throws IllegalArgumentException if the system has no signal of that name
     */
    boolean kill(String signal) throws IoException;

    /**
     * Sends a signal to it and to all that it has started, and those, as far as they can be found:
     * who has lost its parent, such as a daemon, cannot. They are stopped first, so that none gets
     * away by starting others, and go on with the signal. Asks the system on a work thread.
     *
     * @return how many got it; 0 if the child has ended
     * @throws IllegalArgumentException if the system has no signal of that name
     */
    CompletionStage<Integer> killTree(String signal);

    /**
     * Sends it {@code TERM} when that time is over, and {@code KILL} to it and all that it has
     * started when it has not ended after the grace. Replaces an earlier deadline; a time of zero
     * is none.
     *
     * @throws IllegalArgumentException if one is negative
     */
    void killAfter(Duration time, Duration grace);
}
