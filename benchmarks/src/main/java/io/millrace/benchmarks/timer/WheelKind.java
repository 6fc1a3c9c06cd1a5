// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Netty's wheel with its default geometry: 512 ticks of 10 ms, and no leak detection. */
record WheelKind() implements TimerKind {
    private static final long TICK_MILLIS = 10;
    private static final int TICKS = 512;

    @Override
    public String name() {
        return NETTY_WHEEL;
    }

    @Override
    public TimerSet open(int capacity) {
        HashedWheelTimer wheel =
                new HashedWheelTimer(
                        task -> new Thread(task, NETTY_WHEEL),
                        TICK_MILLIS,
                        TimeUnit.MILLISECONDS,
                        TICKS,
                        false);
        return new Timers(wheel, capacity);
    }

    private static final class Timers implements TimerSet {
        private final HashedWheelTimer wheel;
        private final Timeout[] timeouts;
        private final FiredCount fired = new FiredCount();
        private final TimerTask callback = timeout -> fired.increment();
        private @Nullable Gate gate;
        private int count;

        Timers(HashedWheelTimer wheel, int capacity) {
            this.wheel = wheel;
            timeouts = new Timeout[capacity];
            wheel.start();
        }

        @Override
        public void holdBack() {
            Gate closed = new Gate();
            wheel.newTimeout(timeout -> closed.run(), 0, TimeUnit.NANOSECONDS);
            closed.awaitEntered();
            gate = closed;
        }

        @Override
        public void insert(long delayNanos) {
            timeouts[count++] = wheel.newTimeout(callback, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(int number) {
            timeouts[number].cancel();
        }

        @Override
        public void fireAll() {
            open();
            fired.await(count);
        }

        @Override
        public int fired() {
            return fired.get();
        }

        @Override
        public void close() {
            open();
            wheel.stop();
        }

        private void open() {
            if (gate != null) {
                gate.open();
            }
        }
    }
}
