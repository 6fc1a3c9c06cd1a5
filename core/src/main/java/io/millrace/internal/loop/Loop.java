// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.BackendInfo;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopMetrics;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.internal.backend.BackendChoice;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.FileErrors;
import io.millrace.spi.LateClasses;
import io.millrace.spi.Log;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.Settings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link EventLoop}. */
public final class Loop implements AutoCloseable, EventLoop {
    /** Said of a loop that waits, or is not run. */
    static final long NO_TURN = -1;

    public final LoopClock clock;
    public final LoopCounters counters = new LoopCounters();
    final DriverReports reports;
    public final CallbackGuard guard;
    public final HandleRegistry handles = new HandleRegistry();
    public final TimerQueue timers = new TimerQueue();
    final ClosingQueue closing = new ClosingQueue();
    public final DeferredQueue completions = new DeferredQueue();
    public final DeferredQueue flushes = new DeferredQueue();
    final HookList idles = new HookList();
    final HookList prepares = new HookList();
    final HookList checks = new HookList();
    public final TurnShares shares = new TurnShares();
    public final ChunkWaiters chunkWaiters = new ChunkWaiters(this);
    public final StagingPool staging = new StagingPool();
    public final Driver driver;
    public final Capabilities capabilities;
    public final TaskQueue tasks;

    private final Confinement confinement = new Confinement();
    private final LoopOptions options;
    private final BackendInfo backend;
    private final Turn turn;

    /** The chunk on loan to the callback that runs; null if none is. */
    private @Nullable PoolChunk lent;

    /** What other packages have for each loop. */
    private final Map<LoopPart<?>, Object> parts = new HashMap<>();

    /** What is in flight for no handle: where it ends if the driver cannot end it. */
    private final Set<Awaited> awaited = new LinkedHashSet<>();

    private volatile boolean stopRequested;
    private volatile boolean closed;
    private volatile boolean ofGroup;

    /** Whether somebody else waits for this loop, and must be woken when tasks come. */
    private boolean nested;

    /** Whether {@link #letGo} has begun and not ended. */
    private boolean lettingGo;

    /** Why the last run ended, unless it ended well. */
    private @Nullable Throwable waitFailure;

    private @Nullable Object attachment;

    private Loop(LoopOptions options, MpscUnboundedAtomicArrayQueue<Runnable> queue)
            throws IoException {
        this.options = options;
        guard =
                new CallbackGuard(
                        options.uncaughtHandler(), options.timeCallbacks(), options.clock());
        clock = new LoopClock(options.clock());
        reports = new DriverReports(clock, counters, guard::broke);
        BackendChoice.Opened opened = BackendChoice.open(options, reports);
        driver = opened.driver();
        try {
            capabilities = driver.capabilities();
            backend = opened.info();
            tasks = new TaskQueue(driver, guard, queue);
            if (driver.files() == null) {
                FileErrors.load();
            }
            turn = new Turn(this);
            LateClasses.loadAllBeside(Loop.class);
            Log.prepare();
            int stallMillis = Settings.STALL_MILLIS.number(opened.settings());
            if (stallMillis > 0) {
                StallWatch.watch(this, TimeUnit.MILLISECONDS.toNanos(stallMillis));
            }
        } catch (RuntimeException | Error failure) {
            driver.close();
            throw failure;
        }
    }

    public static Loop open() throws IoException {
        return open(LoopOptions.DEFAULT);
    }

    public static Loop open(LoopOptions options) throws IoException {
        Objects.requireNonNull(options, "options");
        try {
            return open(options, new MpscUnboundedAtomicArrayQueue<>(TaskQueue.SEGMENT));
        } catch (OutOfMemoryError noMemory) {
            throw IoException.because(
                    Code.NO_MEMORY, "open a loop", String.valueOf(noMemory.getMessage()));
        }
    }

    /** With a queue for its tasks, which may be one that lacks memory. */
    static Loop open(LoopOptions options, MpscUnboundedAtomicArrayQueue<Runnable> queue)
            throws IoException {
        return new Loop(options, queue);
    }

    /** A callback gets the chunk on loan, until {@link #lendsNoMore}. */
    public void lends(PoolChunk chunk) {
        chunk.lentOn(Thread.currentThread());
        lent = chunk;
    }

    public void lendsNoMore() {
        lent = null;
    }

    /**
     * Whether a user's buffer has to be copied at once: it is not direct, or its memory is that of
     * the chunk on loan, which is used again when the callback returns.
     */
    public boolean isToBeCopied(ByteBuffer buffer) {
        PoolChunk chunk = lent;
        return !buffer.isDirect() || (chunk != null && chunk.isSharedBy(buffer));
    }

    /** The one of this loop. Loop thread only. */
    @SuppressWarnings("unchecked")
    public <T> T part(LoopPart<T> part) {
        // What a part's maker has made is of the part's type.
        T made = (T) parts.get(part);
        if (made == null) {
            made = part.maker.apply(this);
            parts.put(part, made);
        }
        return made;
    }

    /** The same, if somebody has asked for it before; takes no memory. Loop thread only. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T partIfMade(LoopPart<T> part) {
        return (T) parts.get(part);
    }

    /** What drivers report to, for what else receives on this loop. */
    public LoopContext context() {
        return reports;
    }

    /** How many chunks the options ask for, and how large, for what else receives. */
    public DriverConfig driverConfig() {
        return new DriverConfig(options.chunkCount(), options.chunkBytes(), Map.of());
    }

    /** Where its {@link #work} runs, and files where the driver has none. */
    public Executor workExecutor() {
        Executor given = options.workExecutor();
        return given == null ? WorkPool.shared() : given;
    }

    @Override
    public boolean run() throws IoException {
        return run(RunMode.DEFAULT);
    }

    @Override
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
            if (nested && !closed) {
                tasks.fallAsleep();
            }
            confinement.leaveRun();
        }
    }

    @Override
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

    @Override
    public void execute(Runnable task) {
        tasks.add(Objects.requireNonNull(task, "task"));
    }

    /**
     * Brings news that somebody waits for to the loop's thread, whatever memory there is. Any
     * thread: others than the loop's wait for what the way takes; there it goes by another way.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    public void deliver(Delivery news) {
        if (!inLoop()) {
            tasks.addSurely(news);
            return;
        }
        try {
            tasks.add(news);
        } catch (OutOfMemoryError lacking) {
            completions.add(news);
        }
    }

    @Override
    public <T extends @Nullable Object> LoopWork<T> work(Callable<T> task) {
        check("work");
        ensureOpen();
        LoopWork<T> work = new LoopWork<>(this, Objects.requireNonNull(task, "task"));
        Executor executor = workExecutor();
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

    @Override
    public long now() {
        check("now");
        return clock.now();
    }

    @Override
    public void updateTime() {
        check("updateTime");
        clock.update();
    }

    @Override
    public int backendDescriptor() throws IoException {
        check("backendDescriptor");
        ensureOpen();
        int descriptor = driver.descriptor();
        if (descriptor < 0) {
            throw new UnsupportedOperationException(
                    "backend "
                            + backend.name()
                            + " waits on nothing that has a descriptor;"
                            + " epoll, epoll-et, io_uring and kqueue do");
        }
        if (!nested) {
            nested = true;
            if (!confinement.isRunning()) {
                tasks.fallAsleep();
            }
        }
        return descriptor;
    }

    @Override
    public @Nullable Duration untilNextEvent() {
        check("untilNextEvent");
        ensureOpen();
        long nanos = turn.untilNextEvent();
        return nanos < 0 ? null : Duration.ofNanos(nanos);
    }

    @Override
    public boolean isAlive() {
        check("isAlive");
        return turn.isAlive();
    }

    @Override
    public void walk(Consumer<? super Handle> visitor) {
        check("walk");
        handles.walk(Objects.requireNonNull(visitor, "visitor"));
    }

    @Override
    public LoopMetrics metrics() {
        return counters.metrics(clock, guard.longestNanos());
    }

    @Override
    public String describe() {
        return LoopDescription.of(this);
    }

    /** Which turn is under way, or {@link #NO_TURN}. Any thread. */
    long turnUnderWay() {
        return confinement.isRunning() ? counters.turnUnderWay() : NO_TURN;
    }

    boolean isRunning() {
        return confinement.isRunning();
    }

    /** The thread that runs it, or was the last to. Any thread. */
    Thread thread() {
        return confinement.owner();
    }

    @Override
    public @Nullable Object attachment() {
        check("attachment");
        return attachment;
    }

    @Override
    public void attach(@Nullable Object object) {
        check("attach");
        attachment = object;
    }

    @Override
    public BackendInfo backend() {
        return backend;
    }

    @Override
    public boolean inLoop() {
        return confinement.isHere();
    }

    @Override
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
            handles.walkMadeSince(closedOf, LoopHandle::close);
            closedOf = made;
            for (Awaited each : List.copyOf(awaited)) {
                each.loopCloses();
            }
            run(RunMode.ONCE);
        }
        close();
    }

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
        boolean expected = confinement.isInherited();
        Log.CORE.report(
                expected ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                () -> this + " could not wait for its handles to close, and has let go of them",
                failure);
    }

    /**
     * Closes everything without another wait: handles, driver, tasks, and whatever somebody waits
     * for. What fails meanwhile is told and changes nothing. Where there is no memory even for
     * that, it has not ended, and goes on when it is called again.
     */
    public void letGo() {
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
    public void begins(Awaited request) {
        try {
            awaited.add(request);
        } catch (OutOfMemoryError lacking) {
            // It may be in there all the same: the table grows after that.
            awaited.remove(request);
            throw lacking;
        }
        handles.requestBegins();
    }

    public void ends(Awaited request) {
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

    @Override
    public boolean isClosed() {
        return closed;
    }

    boolean isStopRequested() {
        return stopRequested;
    }

    public void check(String method) {
        confinement.check(method);
    }

    public void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the loop is closed");
        }
    }

    @Override
    public String toString() {
        return "Loop[" + backend.name() + ", thread " + confinement.ownerName() + "]";
    }
}
