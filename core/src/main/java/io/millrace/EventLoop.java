// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread's loop: it waits for events of the handles that were opened on it and calls back.
 *
 * <p>Confined to one thread: the one that opened it until it runs, from then on the one that runs
 * it. Only what says so, such as {@link #execute}, {@link #stop}, {@link #metrics} and {@link
 * Wakeup#send}, may be called from other threads; every other method, of the loop and of its
 * handles, checks that and names the way.
 *
 * <p>One turn, in this order: deferred completions, {@link Idle}, {@link Prepare}, the wait for I/O
 * with its callbacks, then wake-ups and tasks from other threads, deferred completions, {@link
 * Check}, close callbacks, and due timers. A completion never runs on the stack of the call that
 * started it.
 */
public sealed interface EventLoop extends AutoCloseable permits Loop {

    /**
     * Opens a loop on the best backend here, or on what {@code -Dmillrace.backend} asks for.
     *
     * @throws IoException if no backend that is asked for can run; the message says why for each
     */
    static EventLoop open() throws IoException {
        return Loop.open();
    }

    /**
     * Opens a loop as {@code options} say.
     *
     * @throws IoException if no backend that is asked for can run, with the reason for each; with
     *     {@code EINVAL} if the options, a system property or the environment name a backend or a
     *     setting that does not exist, or a value that it does not take
     */
    static EventLoop open(LoopOptions options) throws IoException {
        return Loop.open(options);
    }

    /** Runs until stopped or until there is nothing left to do; see {@link #run(RunMode)}. */
    boolean run() throws IoException;

    /**
     * Runs the loop on the calling thread, to which it belongs from now on.
     *
     * @return whether there is still something to do: it was stopped, or the mode is for one turn
     * @throws IoException if the kernel interface itself fails; {@link #close} lets go of the loop
     * @throws IllegalStateException from inside a callback, on a second thread, or on a virtual one
     */
    boolean run(RunMode mode) throws IoException;

    /**
     * Ends the current {@code run} after its turn, or the next one before it begins. Any thread.
     *
     * @throws IllegalStateException if the loop is a group's, which would be a loop short
     */
    void stop();

    /**
     * Runs a task on the loop's thread, in order of the calls. It keeps a running loop alive, but
     * does not start one that has ended, and what is left when the loop closes does not run: a
     * {@link java.util.concurrent.Future} is cancelled then. Only steps of a {@link
     * java.util.concurrent.CompletionStage}, which could not end otherwise, run while it closes.
     * Any thread; on the loop's own it runs later all the same.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    void execute(Runnable task);

    /** Runs a task that blocks or computes on another thread; see {@link Work}. */
    <T extends @Nullable Object> Work<T> work(Callable<T> task);

    /**
     * The loop's time in nanoseconds: monotonic, of arbitrary origin. All deadlines count from it.
     * In callbacks it is the time of their turn, cached; while the loop does not run it is read at
     * each call.
     */
    long now();

    /**
     * Reads the clock anew, for callbacks that take long: {@link #now}, and deadlines given from
     * here on, no longer count from the beginning of the turn.
     */
    void updateTime();

    /**
     * A descriptor for another poller to wait on in this loop's place, such as another loop's
     * {@link DescriptorWatch}: it is readable when the loop has something to do. It must be neither
     * read nor closed, and stays the same. Whoever asks for it drives the loop: each time that it
     * is readable, and each time that {@link #untilNextEvent} is over, by {@code
     * run(RunMode.NOWAIT)}.
     *
     * @throws IoException if the system gives none at the moment
     * @throws UnsupportedOperationException if the backend waits on nothing that has a descriptor
     */
    int backendDescriptor() throws IoException;

    /**
     * How long the loop may be left alone at most, if nothing happens: what {@link #run(RunMode)}
     * would wait. Zero if there is something to do now; null if nothing but an event can bring
     * something, or nothing at all. To be asked after each run, and after whatever was started or
     * closed outside of one.
     */
    @Nullable Duration untilNextEvent();

    /** Whether a referenced handle is active, an operation in flight, or a handle closing. */
    boolean isAlive();

    /** Shows {@code visitor} every handle that is not closed yet, in order of creation. */
    void walk(Consumer<? super Handle> visitor);

    /** What the loop has done so far. Any thread. */
    LoopMetrics metrics();

    /**
     * The loop's state as text for a person: what it is doing, what waits in it, every handle with
     * its queues, where its thread is. For a loop that seems stuck, slow or leaking; see
     * docs/operations.md.
     *
     * <p>Any thread, also while the loop stands still in a callback. It takes no lock and stops
     * nothing, so of a running loop the lines may be of different moments. The text has no fixed
     * form, and grows with the number of handles.
     */
    String describe();

    /** The user's own object, for what the handles of this loop share; null at first. */
    @Nullable Object attachment();

    void attach(@Nullable Object object);

    /** Which backend it runs on and why that was chosen. Any thread. */
    BackendInfo backend();

    /** Whether the calling thread is the loop's. Any thread. */
    boolean inLoop();

    /**
     * Closes every handle, runs the loop until all have closed, and closes the loop. Timers, hooks
     * and tasks do not keep it any longer than that. A thread other than the loop's may do it when
     * that one has ended.
     *
     * <p>If the backend cannot wait any more, or not on this thread, such as a virtual one, every
     * handle is closed without it: each operation in flight ends as cancelled, also those that have
     * come further, and the memory lent to them must not be used again.
     */
    void closeAll() throws IoException;

    /**
     * Whether the loop is closed: it takes no more tasks, and has let go of its backend. Any
     * thread.
     */
    boolean isClosed();

    /**
     * Releases the kernel's resources. Idempotent. A thread other than the loop's may do it when
     * that one has ended.
     *
     * <p>If the last run has failed, that includes what {@link #closeAll} does then.
     *
     * @throws IllegalStateException while there are handles, which a loop does not close in
     *     silence; see {@link #closeAll}
     */
    @Override
    void close();
}
