// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.timer.TimerKind;
import io.millrace.benchmarks.timer.TimerSet;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Timers by the million. An operation is all of them: to insert them, to cancel them in random
 * order, to fire them when all are due.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx4g")
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Timers {
    /** As timeouts of connections are. */
    private static final long SHORTEST_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_TIMEOUT_NANOS = TimeUnit.HOURS.toNanos(1);

    /** Soon over, but many ticks of a wheel. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A place for timers, new in each iteration. */
    @State(Scope.Thread)
    public abstract static class Place extends WarmBenchmark {
        /** A backend, or a peer; {@link Main} puts those in its place that are compared here. */
        @Param("nio")
        public String timer = "";

        @Param({"1000000", "10000000"})
        public int timers;

        TimerSet set;

        @Setup(Level.Iteration)
        public final void open() throws IOException {
            set = TimerKind.usable(timer).open(timers);
            prepare();
            beginMeasuring();
        }

        @TearDown(Level.Iteration)
        public final void close() throws IOException {
            endMeasuring();
            set.close();
        }

        abstract void prepare() throws IOException;

        final void insert(long shortestNanos, long longestNanos) {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < timers; i++) {
                set.insert(random.nextLong(shortestNanos, longestNanos));
            }
        }
    }

    /** Nothing is inserted yet. */
    public static class Empty extends Place {
        @Override
        void prepare() {}
    }

    /** All are inserted, and none is due. */
    public static class Full extends Place {
        private int[] order = {};

        @Override
        void prepare() {
            insert(SHORTEST_TIMEOUT_NANOS, LONGEST_TIMEOUT_NANOS);
            if (order.length == 0) {
                order = shuffled(timers);
            }
        }

        private static int[] shuffled(int count) {
            SplittableRandom random = new SplittableRandom(2);
            int[] numbers = new int[count];
            for (int i = 0; i < count; i++) {
                int other = random.nextInt(i + 1);
                numbers[i] = numbers[other];
                numbers[other] = i;
            }
            return numbers;
        }
    }

    /** All are inserted and due, and none has fired. */
    public static class Due extends Place {
        @Override
        void prepare() throws IOException {
            set.holdBack();
            insert(1, LONGEST_WAIT_NANOS);
            long end = System.nanoTime() + LONGEST_WAIT_NANOS;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        @TearDown(Level.Iteration)
        public void requireAllFired() {
            if (set.fired() != timers) {
                throw Failure.of(
                        new IllegalStateException(set.fired() + " of " + timers + " have fired"));
            }
        }
    }

    @Benchmark
    public void insert(Empty place) {
        place.insert(SHORTEST_TIMEOUT_NANOS, LONGEST_TIMEOUT_NANOS);
    }

    @Benchmark
    public void cancel(Full place) {
        for (int number : place.order) {
            place.set.cancel(number);
        }
    }

    @Benchmark
    public void fire(Due place) throws IOException {
        place.set.fireAll();
    }
}
