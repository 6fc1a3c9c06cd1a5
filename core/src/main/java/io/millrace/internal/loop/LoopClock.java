// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.LoopMetrics;
import io.millrace.spi.LoopContext;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The loop's cached time and the counts of its turns: what a driver tells the loop while it polls.
 *
 * <p>Written on the loop's thread; {@link #metrics} may be read from any, and may then be an event
 * behind.
 *
 * <p>Where a turn serves a single event, each look at the clock counts. So a wait begins at the end
 * of the turn before, unless something has run since that may have taken time.
 */
public final class LoopClock implements LoopContext {
    /** Places in {@link #published}, which is one object because every turn touches all of it. */
    private static final int TURNS = 0;

    private static final int EVENTS = 1;
    private static final int EVENTS_ALREADY_WAITING = 2;
    private static final int IDLE_NANOS = 3;
    private static final int BYTES_RECEIVED = 4;
    private static final int BYTES_SENT = 5;
    private static final int SYSTEM_CALLS = 6;

    /** When the wait in progress began; 0 when there is none. Lets others see a sleeping loop. */
    private static final int WAIT_BEGAN = 7;

    private final LongSupplier source;
    private final Consumer<Throwable> failures;
    private long now;

    /** Whether a run is under way; there is no turn whose time could be meant otherwise. */
    private boolean running;

    /** Whether nothing that takes time has run since {@link #now} was read at the end of a turn. */
    private boolean current;

    private long waitBegan;
    private boolean waiting;
    private boolean chunksReturned;
    private boolean memoryRefused;

    private final AtomicLongArray published = new AtomicLongArray(WAIT_BEGAN + 1);

    LoopClock(LongSupplier source) {
        this(source, LoopClock::rethrow);
    }

    /**
     * @param failures hears of what failed inside the engine
     */
    LoopClock(LongSupplier source, Consumer<Throwable> failures) {
        this.source = source;
        this.failures = failures;
        now = source.getAsLong();
    }

    /**
     * What callbacks go by, and every deadline counts from: the time of the turn. A loop that does
     * not run may have stood still for as long as it likes, so there each look is a new one.
     */
    public long now() {
        if (!running) {
            update();
        }
        return now;
    }

    void update() {
        now = source.getAsLong();
    }

    void runBegins() {
        running = true;
        update();
    }

    void runEnds() {
        running = false;
    }

    void countTurn() {
        add(TURNS, 1);
    }

    long turns() {
        return published.getPlain(TURNS);
    }

    /** How many events the kernel has reported so far. */
    long events() {
        return published.getPlain(EVENTS);
    }

    /** Reads the clock; until {@link #timePasses} that is also when the next wait begins. */
    void turnEnds() {
        update();
        current = true;
    }

    /** Something runs between the end of a turn and the next wait. */
    void timePasses() {
        current = false;
    }

    /** What time it is before a wait, as opposed to {@link #now}, which callbacks go by. */
    long timeBeforeWait() {
        return current ? now : source.getAsLong();
    }

    public void countReceived(long bytes) {
        add(BYTES_RECEIVED, bytes);
    }

    public void countSent(long bytes) {
        add(BYTES_SENT, bytes);
    }

    /** Whether {@link #takeChunksReturned} has something to answer. */
    boolean hasChunksReturned() {
        return chunksReturned;
    }

    /** Whether chunks came back since the last call. */
    boolean takeChunksReturned() {
        boolean taken = chunksReturned;
        chunksReturned = false;
        return taken;
    }

    @Override
    public long nanoTime() {
        return source.getAsLong();
    }

    @Override
    public void waitBegins() {
        waitBegan = timeBeforeWait();
        waiting = true;
        published.setOpaque(WAIT_BEGAN, waitBegan);
    }

    @Override
    public void waitEnded(int count) {
        update();
        timePasses();
        add(EVENTS, count);
        if (waiting) {
            waiting = false;
            published.setOpaque(WAIT_BEGAN, 0);
            add(IDLE_NANOS, now - waitBegan);
        } else {
            add(EVENTS_ALREADY_WAITING, count);
        }
    }

    @Override
    public void countSystemCalls(int calls) {
        timePasses();
        add(SYSTEM_CALLS, calls);
    }

    @Override
    public void chunksReturned() {
        chunksReturned = true;
    }

    @Override
    public void memoryRefused() {
        memoryRefused = true;
    }

    /** Whether a driver lacked memory since the last call. */
    boolean takeMemoryRefused() {
        boolean taken = memoryRefused;
        memoryRefused = false;
        return taken;
    }

    @Override
    public void failed(Throwable failure) {
        failures.accept(failure);
    }

    private static void rethrow(Throwable failure) {
        throw new AssertionError(failure);
    }

    LoopMetrics metrics(long longestCallbackNanos) {
        long began = published.getOpaque(WAIT_BEGAN);
        long inProgress = began == 0 ? 0 : Math.max(0, source.getAsLong() - began);
        return new LoopMetrics(
                published.getOpaque(TURNS),
                published.getOpaque(EVENTS),
                published.getOpaque(EVENTS_ALREADY_WAITING),
                published.getOpaque(IDLE_NANOS) + inProgress,
                longestCallbackNanos,
                published.getOpaque(BYTES_RECEIVED),
                published.getOpaque(BYTES_SENT),
                published.getOpaque(SYSTEM_CALLS));
    }

    private void add(int counter, long amount) {
        published.setOpaque(counter, published.getPlain(counter) + amount);
    }
}
