// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import java.io.IOException;

/** Timers of a Millrace loop, which the inserting thread turns. */
record LoopTimerKind(String name) implements TimerKind {
    @Override
    public TimerSet open(int capacity) throws IOException {
        EventLoop loop = EventLoop.open(LoopOptions.builder().backend(name).build());
        return new Timers(loop, capacity);
    }

    private static final class Timers implements TimerSet {
        private final EventLoop loop;
        private final Timer[] timers;
        private final Runnable callback = this::fire;
        private int count;
        private int fired;

        Timers(EventLoop loop, int capacity) {
            this.loop = loop;
            timers = new Timer[capacity];
        }

        /** Nothing fires but in {@link #fireAll}. */
        @Override
        public void holdBack() {}

        @Override
        public void insert(long delayNanos) {
            Timer timer = Timer.open(loop);
            timer.startNanos(delayNanos, callback);
            timers[count++] = timer;
        }

        @Override
        public void cancel(int number) {
            timers[number].stop();
        }

        @Override
        public void fireAll() throws IOException {
            loop.run();
        }

        @Override
        public int fired() {
            return fired;
        }

        @Override
        public void close() throws IOException {
            loop.closeAll();
        }

        private void fire() {
            fired++;
        }
    }
}
