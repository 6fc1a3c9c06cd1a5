// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopTimer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Calls back when a time has come: once, or again and again.
 *
 * <p>Times are the loop's ({@link EventLoop#now}), in nanoseconds, so a delay counts from the turn
 * whose callback asked for it, and outside of {@link EventLoop#run} from the call. A timer never
 * fires early by that clock; how late it fires is up to what else the loop has to do and to the
 * backend's resolution. Timers with the same deadline fire in the order in which they were started.
 * A loop carries millions of them: starting and stopping costs O(1) and allocates nothing. Active
 * while started.
 */
public sealed interface Timer extends Handle permits LoopTimer {

    /** Makes a stopped timer. */
    static Timer open(EventLoop loop) {
        return LoopTimer.open((Loop) loop);
    }

    /**
     * Fires once, {@code delay} from now; restarts a started timer. Zero or less: the next turn.
     */
    void start(Duration delay, Runnable callback);

    /** As {@link #start(Duration, Runnable)}, without an object for the delay. */
    void startNanos(long delayNanos, Runnable callback);

    /**
     * Fires {@code delay} from now and then each time {@code period} after it fired, so that a late
     * loop fires less often.
     *
     * @param period more than zero
     */
    void startWithFixedDelay(Duration delay, Duration period, Runnable callback);

    /**
     * Fires {@code delay} from now and then at whole periods after that. A late loop does not catch
     * up with missed periods one by one: it fires once, and next at the first period still to come.
     *
     * @param period more than zero
     */
    void startAtFixedRate(Duration delay, Duration period, Runnable callback);

    /**
     * Starts a repeating timer anew, one period from now; a timer without a period is unchanged.
     */
    void again();

    /** The period of a repeating timer, or zero. */
    Duration repeat();

    /** Sets the period from the next firing on; zero lets a repeating timer end. */
    void setRepeat(Duration period);

    /** Does not fire any more, not even if already due. Idempotent. */
    void stop();

    /** Time until it fires, zero if that is overdue; null while it is not started. */
    @Nullable Duration dueIn();
}
