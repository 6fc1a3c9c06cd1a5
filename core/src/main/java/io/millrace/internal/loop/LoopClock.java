// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.function.LongSupplier;

/**
 * The loop's cached time. Loop thread only.
 *
 * <p>Where a turn serves a single event, each look at the clock counts. So a wait begins at the end
 * of the turn before, unless something has run since that may have taken time.
 */
public final class LoopClock {
    private final LongSupplier source;
    private long now;

    /** Whether a run is under way; there is no turn whose time could be meant otherwise. */
    private boolean running;

    /** Whether nothing that takes time has run since {@link #now} was read at the end of a turn. */
    private boolean current;

    LoopClock(LongSupplier source) {
        this.source = source;
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
        turnEnds();
    }

    void runEnds() {
        running = false;
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

    /** A wait, or what took its place, is over: reads the clock, and answers what it says. */
    long waitEnds() {
        update();
        timePasses();
        return now;
    }

    /**
     * A look that did not wait has found nothing. That took next to no time; unless something else
     * did since the clock was read, the time is still what it was.
     */
    void looked() {
        if (!current) {
            update();
        }
        timePasses();
    }

    /** What time it is now, whatever the loop goes by. Any thread. */
    long read() {
        return source.getAsLong();
    }
}
