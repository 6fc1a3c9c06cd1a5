// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.FileEngine;
import io.millrace.spi.LateClasses;
import io.millrace.spi.Log;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
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
public final class EventLoop implements AutoCloseable {
    final LoopClock clock;
    final CallbackGuard guard;
    final HandleRegistry handles = new HandleRegistry();
    final TimerQueue timers = new TimerQueue();
    final ClosingQueue closing = new ClosingQueue();
    final DeferredQueue completions = new DeferredQueue();
    final DeferredQueue flushes = new DeferredQueue();
    final HookList idles = new HookList();
    final HookList prepares = new HookList();
    final HookList checks = new HookList();
    final TurnShares shares = new TurnShares();
    final ChunkWaiters chunkWaiters = new ChunkWaiters(this);
    final StagingPool staging = new StagingPool();
    final PendingWrite.Pool writePlaces = new PendingWrite.Pool();
    final Driver driver;
    final Capabilities capabilities;
    final TaskQueue tasks;
    final FileEngine files;

    private final Confinement confinement = new Confinement();
    private final LoopOptions options;
    private final BackendInfo backend;
    private final Turn turn;

    /** What is in flight for no handle: where it ends if the engine cannot end it. */
    private final Set<Awaited> awaited = new LinkedHashSet<>();

    private volatile boolean stopRequested;
    private volatile boolean closed;
    private volatile boolean ofGroup;

    /** Whether {@link #letGo} has begun and not ended. */
    private boolean lettingGo;

    /** Why the last run ended, unless it ended well. */
    private @Nullable Throwable waitFailure;

    private @Nullable Object attachment;

    private EventLoop(LoopOptions options) throws IoException {
        this.options = options;
        guard =
                new CallbackGuard(
                        options.uncaughtHandler(), options.timeCallbacks(), options.clock());
        clock = new LoopClock(options.clock(), guard::broke);
        Backends.Opened opened = Backends.open(options, clock);
        driver = opened.driver();
        try {
            capabilities = driver.capabilities();
            backend = opened.info();
            tasks = new TaskQueue(driver, guard);
            FileEngine ofEngine = driver.files();
            files = ofEngine == null ? new WorkFiles(this, options::workExecutor) : ofEngine;
            turn = new Turn(this);
        } catch (RuntimeException | Error failure) {
            driver.close();
            throw failure;
        }
        LateClasses.loadAllBeside(EventLoop.class);
        Log.prepare();
    }

    /**
     * Opens a loop on the best backend here, or on what {@code -Dmillrace.backend} asks for.
     *
     * @throws IoException if no backend that is asked for can run; the message says why for each
     */
    public static EventLoop open() throws IoException {
        return open(LoopOptions.DEFAULT);
    }

    /**
     * Opens a loop as {@code options} say.
     *
     * @throws IoException if no backend that is asked for can run, with the reason for each; with
     *     {@code EINVAL} if the options, a system property or the environment name a backend or a
     *     setting that does not exist, or a value that it does not take
     */
    public static EventLoop open(LoopOptions options) throws IoException {
        Objects.requireNonNull(options, "options");
        try {
            return new EventLoop(options);
        } catch (OutOfMemoryError noMemory) {
            throw IoException.because(
                    Code.NO_MEMORY, "open a loop", String.valueOf(noMemory.getMessage()));
        }
    }

    /** Runs until stopped or until there is nothing left to do; see {@link #run(RunMode)}. */
    public boolean run() throws IoException {
        return run(RunMode.DEFAULT);
    }

    /**
     * Runs the loop on the calling thread, to which it belongs from now on.
     *
     * @return whether there is still something to do: it was stopped, or the mode is for one turn
     * @throws IoException if the kernel interface itself fails; {@link #close} lets go of the loop
     * @throws IllegalStateException from inside a callback, on a second thread, or on a virtual one
     */
    public boolean run(RunMode mode) throws IoException {
        Objects.requireNonNull(mode, "mode");
        VirtualThreads.refuse("run");
        confinement.enterRun();
        try {
            ensureOpen();
            waitFailure = null;
            return turn.run(mode);
        } catch (Throwable failure) {
            waitFailure = closed ? null : failure;
            throw failure;
        } finally {
            stopRequested = false;
            confinement.leaveRun();
        }
    }

    /**
     * Ends the current {@code run} after its turn, or the next one before it begins. Any thread.
     *
     * @throws IllegalStateException if the loop is a group's, which would be a loop short
     */
    public void stop() {
        if (ofGroup) {
            throw new IllegalStateException(
                    "stop: the loop is one of a group's; close the group to end it");
        }
        requestStop();
    }

    void requestStop() {
        stopRequested = true;
        tasks.wake();
    }

    /**
     * Runs a task on the loop's thread, in order of the calls. It keeps a running loop alive, but
     * does not start one that has ended, and what is left when the loop closes does not run: a
     * {@link java.util.concurrent.Future} is cancelled then. Only steps of a {@link
     * java.util.concurrent.CompletionStage}, which could not end otherwise, run while it closes.
     * Any thread; on the loop's own it runs later all the same.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    public void execute(Runnable task) {
        tasks.add(Objects.requireNonNull(task, "task"));
    }

    /** Runs a task that blocks or computes on another thread; see {@link Work}. */
    public <T extends @Nullable Object> Work<T> work(Callable<T> task) {
        check("work");
        ensureOpen();
        Work<T> work = new Work<>(this, Objects.requireNonNull(task, "task"));
        Executor executor = options.workExecutor();
        begins(work.inLoop);
        try {
            executor.execute(work::run);
        } catch (Throwable refusal) {
            if (work.isRefused()) {
                ends(work.inLoop);
                throw refusal;
            }
            // It has run all the same, and its result is on its way.
            guard.failed(refusal);
        }
        return work;
    }

    /**
     * The loop's time in nanoseconds: monotonic, of arbitrary origin. All deadlines count from it.
     * In callbacks it is the time of their turn, cached; while the loop does not run it is read at
     * each call.
     */
    public long now() {
        check("now");
        return clock.now();
    }

    /**
     * Reads the clock anew, for callbacks that take long: {@link #now}, and deadlines given from
     * here on, no longer count from the beginning of the turn.
     */
    public void updateTime() {
        check("updateTime");
        clock.update();
    }

    /** Whether a referenced handle is active, an operation in flight, or a handle closing. */
    public boolean isAlive() {
        check("isAlive");
        return turn.isAlive();
    }

    /** Shows {@code visitor} every handle that is not closed yet, in order of creation. */
    public void walk(Consumer<? super Handle> visitor) {
        check("walk");
        handles.walk(Objects.requireNonNull(visitor, "visitor"));
    }

    /** What the loop has done so far. Any thread. */
    public LoopMetrics metrics() {
        return clock.metrics(guard.longestNanos());
    }

    /** The user's own object, for what the handles of this loop share; null at first. */
    public @Nullable Object attachment() {
        check("attachment");
        return attachment;
    }

    public void attach(@Nullable Object object) {
        check("attach");
        attachment = object;
    }

    /** Which backend it runs on and why that was chosen. Any thread. */
    public BackendInfo backend() {
        return backend;
    }

    /** Whether the calling thread is the loop's. Any thread. */
    public boolean inLoop() {
        return confinement.isHere();
    }

    /**
     * Closes every handle, runs the loop until all have closed, and closes the loop. Timers, hooks
     * and tasks do not keep it any longer than that. A thread other than the loop's may do it when
     * that one has ended.
     *
     * <p>If the engine cannot wait any more, or not on this thread, such as a virtual one, every
     * handle is closed without it: each operation in flight ends as cancelled, also those that have
     * come further, and the memory lent to them must not be used again.
     */
    public void closeAll() throws IoException {
        confinement.inherit();
        check("closeAll");
        if (confinement.isRunning()) {
            throw new IllegalStateException(
                    "closeAll was called from inside a callback; stop() and do it after run()");
        }
        if (closed) {
            return;
        }
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            letGo();
            return;
        }
        try {
            closeInOrder();
        } catch (IoException failure) {
            letGo();
            tellLetGo(failure);
        } catch (RuntimeException | Error failure) {
            letGo();
            throw failure;
        }
    }

    void closeInOrder() throws IoException {
        long closedOf = 0;
        while (!handles.isEmpty() || handles.hasRequests()) {
            // A turn closes a share of them, so to look at all again in each would take for ever.
            long made = handles.made();
            handles.walkMadeSince(closedOf, Handle::close);
            closedOf = made;
            run(RunMode.ONCE);
        }
        close();
    }

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
    public void close() {
        confinement.inherit();
        check("close");
        if (closed) {
            return;
        }
        if (confinement.isRunning()) {
            throw new IllegalStateException("close was called from inside a callback of the loop");
        }
        if (waitFailure != null) {
            letGo();
            return;
        }
        if (!handles.isEmpty()) {
            throw new IllegalStateException(
                    "the loop still has open handles, such as "
                            + handles.first()
                            + "; use closeAll()");
        }
        if (handles.hasRequests()) {
            throw new IllegalStateException(
                    "the loop still waits for work or attributes; use closeAll()");
        }
        closed = true;
        tasks.close();
        driver.close();
    }

    private void tellLetGo(Throwable failure) {
        Log.CORE.report(
                System.Logger.Level.WARNING,
                () -> this + " could not wait for its handles to close, and has let go of them",
                failure);
    }

    /**
     * Closes everything without another wait: handles, engine, tasks, and whatever somebody waits
     * for. What fails meanwhile is told and changes nothing. Where there is no memory even for
     * that, it has not ended, and goes on when it is called again.
     */
    void letGo() {
        if (closed && !lettingGo) {
            return;
        }
        lettingGo = true;
        closed = true;
        waitFailure = null;
        tasks.close();
        handles.walk(handle -> attempt(handle::close));
        attempt(driver::close);
        handles.walk(handle -> attempt(handle::abandon));
        for (Awaited each : List.copyOf(awaited)) {
            attempt(each::abandon);
        }
        turn.runLast();
        lettingGo = false;
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            guard.failed(failure);
        }
    }

    /** Something is in flight that no handle answers for; it keeps the loop running. */
    void begins(Awaited request) {
        awaited.add(request);
        handles.requestBegins();
    }

    void ends(Awaited request) {
        if (awaited.remove(request)) {
            handles.requestEnds();
        }
    }

    /**
     * The loop is a group's from now on: it runs without handles, and until the group is closed.
     */
    void joinGroup() {
        ofGroup = true;
        handles.countActive(1);
    }

    void leaveGroup() {
        ofGroup = false;
        handles.countActive(-1);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isStopRequested() {
        return stopRequested;
    }

    void check(String method) {
        confinement.check(method);
    }

    void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the loop is closed");
        }
    }

    @Override
    public String toString() {
        return "EventLoop[" + backend.name() + ", thread " + confinement.ownerName() + "]";
    }
}
