// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.LoopMetrics;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a loop has done so far. Counted on its thread; {@link #metrics} may be asked from any, and
 * may then be an event behind.
 */
public final class LoopCounters {
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

    /** Counted by the {@link StallWatch}, and by nobody else. */
    private static final int STALLS = 8;

    private final AtomicLongArray published = new AtomicLongArray(STALLS + 1);

    void countTurn() {
        add(TURNS, 1);
    }

    long turns() {
        return published.getPlain(TURNS);
    }

    /** Which turn is under way; {@link Loop#NO_TURN} while one waits. Any thread. */
    long turnUnderWay() {
        return published.getOpaque(WAIT_BEGAN) == 0 ? published.getOpaque(TURNS) : Loop.NO_TURN;
    }

    void countStall() {
        add(STALLS, 1);
    }

    /** How many events the kernel has reported so far. */
    long events() {
        return published.getPlain(EVENTS);
    }

    public void countReceived(long bytes) {
        add(BYTES_RECEIVED, bytes);
    }

    public void countSent(long bytes) {
        add(BYTES_SENT, bytes);
    }

    void countSystemCalls(int calls) {
        add(SYSTEM_CALLS, calls);
    }

    void waitBegins(long time) {
        published.setOpaque(WAIT_BEGAN, time);
    }

    /** Events found by a wait that took so long. */
    void waited(int count, long nanos) {
        published.setOpaque(WAIT_BEGAN, 0);
        add(EVENTS, count);
        add(IDLE_NANOS, nanos);
    }

    /** Events that were there without a wait. */
    void found(int count) {
        add(EVENTS, count);
        add(EVENTS_ALREADY_WAITING, count);
    }

    /** Any thread. */
    LoopMetrics metrics(LoopClock clock, long longestCallbackNanos) {
        long began = published.getOpaque(WAIT_BEGAN);
        long inProgress = began == 0 ? 0 : Math.max(0, clock.read() - began);
        return new Counted(
                published.getOpaque(TURNS),
                published.getOpaque(EVENTS),
                published.getOpaque(EVENTS_ALREADY_WAITING),
                published.getOpaque(IDLE_NANOS) + inProgress,
                longestCallbackNanos,
                published.getOpaque(STALLS),
                published.getOpaque(BYTES_RECEIVED),
                published.getOpaque(BYTES_SENT),
                published.getOpaque(SYSTEM_CALLS));
    }

    private record Counted(
            long turns,
            long events,
            long eventsAlreadyWaiting,
            long idleNanos,
            long longestCallbackNanos,
            long stalls,
            long bytesReceived,
            long bytesSent,
            long systemCalls)
            implements LoopMetrics {}

    private void add(int counter, long amount) {
        published.setOpaque(counter, published.getPlain(counter) + amount);
    }
}
