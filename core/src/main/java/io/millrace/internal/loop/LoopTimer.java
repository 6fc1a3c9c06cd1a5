// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.Timer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Timer}. */
public final class LoopTimer extends LoopHandle implements Timer {
    private final Node node = new Node();
    private @Nullable Runnable callback;
    private long repeatNanos;
    private boolean fixedRate;

    private LoopTimer(Loop loop) {
        super(loop);
    }

    public static LoopTimer open(Loop loop) {
        LoopTimer timer = new LoopTimer(loop);
        timer.join();
        return timer;
    }

    @Override
    public void start(Duration delay, Runnable callback) {
        start(nanos(Objects.requireNonNull(delay, "delay")), 0, false, callback);
    }

    @Override
    public void startNanos(long delayNanos, Runnable callback) {
        start(delayNanos, 0, false, callback);
    }

    @Override
    public void startWithFixedDelay(Duration delay, Duration period, Runnable callback) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(period, "period");
        start(nanos(delay), positive(period), false, callback);
    }

    @Override
    public void startAtFixedRate(Duration delay, Duration period, Runnable callback) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(period, "period");
        start(nanos(delay), positive(period), true, callback);
    }

    @Override
    public void again() {
        ensureOpen("again");
        if (callback == null) {
            throw new IllegalStateException("again: " + this + " was never started");
        }
        if (repeatNanos > 0) {
            arm(saturatedSum(loop().now(), repeatNanos));
        }
    }

    @Override
    public Duration repeat() {
        loop().check("repeat");
        return Duration.ofNanos(repeatNanos);
    }

    @Override
    public void setRepeat(Duration period) {
        ensureOpen("setRepeat");
        if (Objects.requireNonNull(period, "period").isNegative()) {
            throw new IllegalArgumentException("the period must not be negative: " + period);
        }
        repeatNanos = nanos(period);
    }

    @Override
    public void stop() {
        loop().check("stop");
        loop().timers.stop(node);
        setActive(false);
    }

    @Override
    public @Nullable Duration dueIn() {
        loop().check("dueIn");
        if (!isActive()) {
            return null;
        }
        return Duration.ofNanos(Math.max(0, node.deadline - loop().now()));
    }

    @Override
    public void startClosing() {
        loop().timers.stop(node);
        released();
    }

    private void start(long delayNanos, long repeatNanos, boolean fixedRate, Runnable callback) {
        ensureOpen("start");
        this.callback = Objects.requireNonNull(callback, "callback");
        this.repeatNanos = repeatNanos;
        this.fixedRate = fixedRate;
        arm(saturatedSum(loop().now(), Math.max(0, delayNanos)));
    }

    private void arm(long deadline) {
        loop().timers.start(node, deadline);
        setActive(true);
    }

    /** Arms a repeating timer before its callback, so that the callback may stop or change it. */
    private void fire() {
        if (repeatNanos > 0) {
            arm(nextDeadline());
        } else {
            setActive(false);
        }
        Runnable current = callback;
        if (current != null) {
            loop().guard.run(this, current);
        }
    }

    private long nextDeadline() {
        long now = loop().now();
        if (!fixedRate) {
            return saturatedSum(now, repeatNanos);
        }
        long missed = Math.max(0, now - node.deadline) / repeatNanos;
        return saturatedSum(node.deadline, (missed + 1) * repeatNanos);
    }

    /** The duration in nanoseconds, or the most there can be: for ever, for whoever waits. */
    public static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException overflow) {
            return duration.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    private static long positive(Duration period) {
        if (period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("the period must be more than zero: " + period);
        }
        return nanos(period);
    }

    /**
     * The sum, but never so far ahead that the difference to any other deadline would overflow:
     * half the range of a long is 146 years.
     */
    private static long saturatedSum(long now, long delayNanos) {
        return now + Math.min(delayNanos, Long.MAX_VALUE / 2);
    }

    private final class Node extends TimerNode {
        @Override
        public void expire() {
            fire();
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(LoopTimer.this, failure);
        }
    }
}
