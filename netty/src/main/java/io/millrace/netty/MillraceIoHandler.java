// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.BackendInfo;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.spi.Driver;
import io.millrace.spi.LateClasses;
import io.millrace.spi.Log;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.client.OpenedDriver;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The I/O of one of Netty's event loops, by a driver of one of Millrace's backends.
 *
 * <p>Which backend that is the property {@code millrace.backend} decides, or the options, as for
 * Millrace's own loops; {@link #backend} tells which it was, and why. All methods belong to the
 * event loop's thread except {@link #wakeup}, {@link #backend} and {@link #isCompatible}.
 */
public final class MillraceIoHandler implements IoHandler {
    static final Log LOG = new Log("io.millrace.netty");

    /** How soon receives that found no memory are tried again. */
    private static final long MEMORY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How long a handler that ends waits at most for one event of the ports that it closes. */
    private static final long CLOSE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** And how often for nothing. */
    private static final int CLOSE_PAUSES = 40;

    private static final boolean REPORTS_ACTIVE_TIME = reportsActiveTime();

    private final ThreadAwareExecutor executor;
    private final OpenedDriver opened;
    private final Driver driver;
    private final Reports reports = new Reports();
    private final Set<Registration> registrations = new LinkedHashSet<>();

    /** Channels that were deregistered and may have a socket of the driver's. */
    private final Set<MillraceChannel> orphans = new LinkedHashSet<>();

    /** Whether the thread waits, or is about to, and has to be woken. */
    private final AtomicBoolean sleeping = new AtomicBoolean();

    /** Held by who wakes the driver, so that it is not closed meanwhile. */
    private final Object wakeupLock = new Object();

    /** Chunks that other threads have let go of, linked by {@link PoolChunk#next}. */
    private final AtomicReference<@Nullable PoolChunk> returned = new AtomicReference<>();

    /** Channels that have something left to do when the poll is over. */
    private ArrayDeque<PollEnd> ends = new ArrayDeque<>();

    private ArrayDeque<PollEnd> endsRunning = new ArrayDeque<>();

    /** Those that found no chunk to receive into. */
    private final ArrayDeque<ChunkWaiter> starved = new ArrayDeque<>();

    /** Whether the thread that returns a chunk has to wake this one. */
    private volatile boolean starving;

    private boolean chunksReturned;
    private boolean memoryRefused;

    /** Ports that have not reported that they are closed. */
    private int ports;

    /** Whether the loop is going to have its channels closed before it takes no more tasks. */
    private boolean closesWithLoop;

    private boolean failed;
    private boolean closed;

    /** What has more to do after a poll. */
    interface PollEnd {
        void afterPoll();
    }

    /** What waits for chunks to receive into. */
    interface ChunkWaiter {
        void chunksReturned();
    }

    private MillraceIoHandler(ThreadAwareExecutor executor, LoopOptions options) {
        this.executor = Objects.requireNonNull(executor, "executor");
        try {
            opened = OpenedDriver.open(options, reports);
        } catch (IoException refusal) {
            throw new ChannelException(refusal);
        }
        driver = opened.driver();
        // Of this module, and of core: failures are what happens first without descriptors.
        LateClasses.loadAllBeside(MillraceIoHandler.class);
        LateClasses.loadAllBeside(LateClasses.class);
    }

    /** For event loop groups whose loops are to use the backend that the process was told to. */
    public static IoHandlerFactory newFactory() {
        return newFactory(LoopOptions.DEFAULT);
    }

    /**
     * For event loop groups. Of the options those count that concern the driver: backend, provider,
     * chunks, properties. A group of such a factory fails to be made, with a {@link
     * ChannelException} whose cause names the reasons, if no backend can be had.
     */
    public static IoHandlerFactory newFactory(LoopOptions options) {
        Objects.requireNonNull(options, "options");
        return executor -> new MillraceIoHandler(executor, options);
    }

    /** Which backend it is, and why that one. Any thread. */
    public BackendInfo backend() {
        return opened.backend();
    }

    OpenedDriver opened() {
        return opened;
    }

    Driver driver() {
        return driver;
    }

    boolean isHere() {
        return executor.isExecutorThread(Thread.currentThread());
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!(handle instanceof MillraceIoHandle)) {
            throw new IllegalArgumentException(
                    "not a channel of Millrace's transport: " + handle.getClass().getName());
        }
        closeChannelsWithLoop();
        Registration registration = new Registration(handle);
        registrations.add(registration);
        return registration;
    }

    /**
     * A loop without a quiet period may end before it calls {@link #prepareToDestroy}: whoever asks
     * it to end from one of its own tasks has it end with that. Its hooks it runs while it takes
     * tasks, such as those that tell a channel's handlers of the close.
     */
    private void closeChannelsWithLoop() {
        if (!closesWithLoop && executor instanceof SingleThreadEventExecutor loop) {
            closesWithLoop = true;
            loop.addShutdownHook(this::prepareToDestroy);
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return MillraceIoHandle.class.isAssignableFrom(handleType);
    }

    /** Any thread. */
    @Override
    public void wakeup() {
        if (!isHere() && sleeping.getAndSet(false)) {
            synchronized (wakeupLock) {
                if (!closed) {
                    driver.wakeup();
                }
            }
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        takeBackChunks();
        resumeStarved();
        long timeout = timeout(context);
        int events;
        try {
            events = driver.poll(timeout);
        } catch (IoException failure) {
            throw broken(failure);
        } finally {
            sleeping.set(false);
        }
        runEnds();
        if (REPORTS_ACTIVE_TIME && context.shouldReportActiveIoTime()) {
            context.reportActiveIoTime(reports.sinceWait());
        }
        return events;
    }

    /** The driver can do nothing any more: neither can any channel. */
    private IllegalStateException broken(IoException failure) {
        failed = true;
        for (Registration each : List.copyOf(registrations)) {
            each.close();
        }
        return new IllegalStateException("the event loop cannot go on: " + failure, failure);
    }

    /** How long the driver may wait. While it is not 0 other threads wake it. */
    private long timeout(IoHandlerContext context) {
        if (!ends.isEmpty() || !context.canBlock()) {
            return 0;
        }
        sleeping.set(true);
        // Who comes from now on wakes the driver; who came before is seen here.
        if (!context.canBlock() || (starving && returned.get() != null)) {
            return 0;
        }
        boolean isScheduled = context.deadlineNanos() != -1;
        long nanos = isScheduled ? Math.max(0, context.delayNanos(System.nanoTime())) : -1;
        if (memoryRefused && !starved.isEmpty()) {
            return isScheduled ? Math.min(nanos, MEMORY_PAUSE_NANOS) : MEMORY_PAUSE_NANOS;
        }
        return nanos;
    }

    private void runEnds() {
        ArrayDeque<PollEnd> running = ends;
        ends = endsRunning;
        endsRunning = running;
        for (PollEnd end = running.poll(); end != null; end = running.poll()) {
            end.afterPoll();
        }
    }

    /** Has it called after the poll that is under way, or else after the next, which won't wait. */
    void afterPoll(PollEnd end) {
        ends.add(end);
    }

    /** Has it called when there may be chunks again. */
    void waitForChunks(ChunkWaiter waiter) {
        starved.add(waiter);
        starving = true;
    }

    /** The channel leaves for another loop: of this one it hears nothing more. */
    void forget(Receiving<?> half) {
        ends.remove(half);
        endsRunning.remove(half);
        starved.remove(half);
    }

    private void resumeStarved() {
        if (starved.isEmpty() || !(chunksReturned || memoryRefused)) {
            return;
        }
        chunksReturned = false;
        memoryRefused = false;
        starving = false;
        List<ChunkWaiter> waiters = new ArrayList<>(starved);
        starved.clear();
        waiters.forEach(ChunkWaiter::chunksReturned);
    }

    /** The bytes of a chunk are not needed any more. Any thread. */
    void giveBack(PoolChunk chunk) {
        if (isHere()) {
            letGo(chunk);
            return;
        }
        PoolChunk head;
        do {
            head = returned.get();
            chunk.next = head;
        } while (!returned.compareAndSet(head, chunk));
        if (starving) {
            wakeup();
        }
    }

    private void takeBackChunks() {
        PoolChunk chunk = returned.get() == null ? null : returned.getAndSet(null);
        while (chunk != null) {
            PoolChunk next = chunk.next;
            chunk.next = null;
            letGo(chunk);
            chunk = next;
        }
    }

    /** What comes back when the driver is gone is the collector's. */
    private void letGo(PoolChunk chunk) {
        if (!closed) {
            chunk.release();
        }
    }

    /** The channel was deregistered; it is closed with the handler, unless it comes back. */
    void isOrphan(MillraceChannel channel) {
        orphans.add(channel);
    }

    void isOrphanNoMore(MillraceChannel channel) {
        orphans.remove(channel);
    }

    /**
     * On the handler's thread: whether it takes the task. If not, it has ended, or is about to
     * close its channels, orphans too. Any thread.
     */
    boolean execute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            LOG.report(System.Logger.Level.DEBUG, "the loop of a socket has ended", ended);
            return false;
        }
    }

    /** A port was made; it will report that it is closed. */
    void portOpened() {
        ports++;
    }

    void portClosed() {
        ports--;
    }

    /** Something failed in a place that must not throw. */
    static void tell(String what, Throwable failure) {
        LOG.report(System.Logger.Level.WARNING, what, failure);
    }

    @Override
    public void prepareToDestroy() {
        for (Registration each : List.copyOf(registrations)) {
            each.close();
        }
    }

    /** Whatever fails in it, the driver is closed: nobody else has it. */
    @Override
    public void destroy() {
        prepareToDestroy();
        guarded("could not let go of its channels", this::awaitDepartures);
        for (MillraceChannel each : List.copyOf(orphans)) {
            guarded("could not close " + each, () -> each.closeOrphan(this));
        }
        guarded("could not wait for its channels", this::awaitPorts);
        guarded("could not take back memory", this::takeBackChunks);
        synchronized (wakeupLock) {
            closed = true;
        }
        driver.close();
    }

    /** A step of the end, after which the others are taken however it went. */
    private interface Step {
        void take() throws IoException;
    }

    private static void guarded(String what, Step step) {
        try {
            step.take();
        } catch (Throwable failure) {
            tell("a driver that is to be closed " + what, failure);
        }
    }

    /** Another loop may be waiting for a connection whose receive has yet to end here. */
    private void awaitDepartures() throws IoException {
        pollWhile(() -> orphans.stream().anyMatch(MillraceChannel::isLeaving));
    }

    /** Closing costs the kernel a moment; nothing else is waited for. */
    private void awaitPorts() throws IoException {
        pollWhile(() -> ports > 0);
    }

    private void pollWhile(BooleanSupplier condition) throws IoException {
        int pauses = 0;
        while (condition.getAsBoolean() && !failed && pauses < CLOSE_PAUSES) {
            pauses = driver.poll(CLOSE_PAUSE_NANOS) > 0 ? 0 : pauses + 1;
            runEnds();
        }
    }

    @Override
    public String toString() {
        return "MillraceIoHandler[" + backend().name() + "]";
    }

    /** Netty 4.2.0 has no such thing. */
    private static boolean reportsActiveTime() {
        for (var method : IoHandlerContext.class.getMethods()) {
            if (method.getName().equals("shouldReportActiveIoTime")) {
                return true;
            }
        }
        return false;
    }

    /** A channel's place at this handler. */
    private final class Registration implements IoRegistration {
        private final IoHandle handle;
        private final AtomicBoolean valid = new AtomicBoolean(true);

        Registration(IoHandle handle) {
            this.handle = handle;
        }

        /** The handler. */
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        @Override
        public <T> T attachment() {
            return (T) MillraceIoHandler.this;
        }

        @Override
        public long submit(IoOps ops) {
            throw new UnsupportedOperationException(
                    "Millrace's channels command the driver's ports, and submit nothing");
        }

        @Override
        public boolean isValid() {
            return valid.get();
        }

        @Override
        public boolean cancel() {
            return valid.getAndSet(false) && registrations.remove(this);
        }

        void close() {
            try {
                handle.close();
            } catch (Throwable failure) {
                tell("a channel could not be closed", failure);
            }
        }
    }

    /** What the driver tells while it polls. */
    private final class Reports implements LoopContext {
        private long waitEnded;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void waitBegins() {}

        @Override
        public void waitEnded(int events) {
            if (REPORTS_ACTIVE_TIME) {
                waitEnded = System.nanoTime();
            }
        }

        @Override
        public void countSystemCalls(int calls) {}

        @Override
        public void chunksReturned() {
            chunksReturned = true;
        }

        @Override
        public void memoryRefused() {
            memoryRefused = true;
        }

        @Override
        public void failed(Throwable failure) {
            tell("something failed in the driver of " + MillraceIoHandler.this, failure);
        }

        long sinceWait() {
            return System.nanoTime() - waitEnded;
        }
    }
}
