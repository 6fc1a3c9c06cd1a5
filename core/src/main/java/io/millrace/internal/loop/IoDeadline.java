// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

/**
 * A deadline of what only the kernel can tell: that bytes came, that the peer took some, that a
 * connect succeeded.
 *
 * <p>If one is over, the late one may be the loop itself: it stood still, or a callback took long,
 * and what was waited for has been with the kernel since. So the deadline is {@link #over} only
 * when a poll that began after it has brought nothing, although the driver {@link #isAsked had been
 * asked} for it by then. That costs those turns that a deadline ends, and no others.
 */
public abstract class IoDeadline extends TimerNode {
    /**
     * What a poll reports at least if there is as much; see {@link io.millrace.spi.Driver#poll}.
     */
    private static final int LEAST_EVENTS = 8;

    /** For what a driver has to ask for again, as after a lack of buffers. */
    private static final int SPARE_LOOKS = 4;

    private static final int NOT_LOOKING = -1;

    private final Loop loop;

    /** How many more polls it may take until the kernel has told all, or {@link #NOT_LOOKING}. */
    private int looksLeft = NOT_LOOKING;

    /** When it was first found due. */
    private long dueAt;

    /** As of the turn in which the present look was asked for. */
    private long turn;

    private long events;

    /** Whether the present look can bring what is waited for. */
    private boolean asked;

    public IoDeadline(Loop loop) {
        this.loop = loop;
    }

    /** Whether it is waited for, and in vain until {@code time}. */
    public abstract boolean isDue(long time);

    /**
     * Whether the driver has been asked for whatever is due at {@code time}, or nobody is going to
     * ask. If not, the next step is the loop's own, as after a share of a turn that was used up; it
     * is certain to be taken in one of the next turns, and none of them waits.
     */
    public abstract boolean isAsked(long time);

    /** It has not come until {@code time}, and something {@link #isDue} by then. */
    public abstract void over(long time);

    /** There is nothing to tell, at least not yet. */
    public abstract void notDue();

    /** Starts it, or starts it anew: due so many nanoseconds from now. */
    public final void startIn(long nanos) {
        looksLeft = NOT_LOOKING;
        loop.timers.start(this, loop.clock.now() + Math.min(nanos, Long.MAX_VALUE / 2));
    }

    public final void stop() {
        looksLeft = NOT_LOOKING;
        loop.timers.stop(this);
    }

    @Override
    public final void expire() {
        if (looksLeft == NOT_LOOKING) {
            dueAt = loop.clock.now();
        }
        if (!isDue(dueAt)) {
            looksLeft = NOT_LOOKING;
            notDue();
        } else if (hasLooked()) {
            looksLeft = NOT_LOOKING;
            over(dueAt);
        } else {
            turn = loop.counters.turns();
            events = loop.counters.events();
            asked = isAsked(dueAt);
            loop.timers.start(this, loop.clock.now());
        }
    }

    /**
     * Whether the polls since it was first found due would have brought what is waited for: one
     * that brought nothing at all, or as many as it takes to hear of every handle.
     */
    private boolean hasLooked() {
        if (looksLeft == NOT_LOOKING) {
            looksLeft = SPARE_LOOKS + loop.handles.size() / LEAST_EVENTS;
            return false;
        }
        if (!asked || turn == loop.counters.turns()) {
            return false;
        }
        looksLeft--;
        return looksLeft == 0 || loop.counters.events() == events;
    }
}
