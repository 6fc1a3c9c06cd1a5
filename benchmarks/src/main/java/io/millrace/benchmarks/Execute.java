// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.cpu.LoadThreads;
import io.millrace.benchmarks.loop.RunningLoop;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Tasks that other threads hand to a loop. An operation is one task; a thread waits when a thousand
 * of its tasks have not run yet, so what is measured is what the loop can sustain.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Execute extends LoopBenchmark {
    private static final int SEVERAL = 4;

    private RunningLoop running;

    /** One of the threads that have tasks. */
    @State(Scope.Thread)
    public static class Producer {
        private static final int MOST_WAITING = 1024;

        /** How often a thread looks whether its tasks have run. */
        private static final int LOOK_MASK = 0xff;

        /** Stored by the loop's thread only. */
        private final AtomicLong ran = new AtomicLong();

        private final Runnable task = this::countRun;
        private long handedOver;

        void handOver(RunningLoop loop) {
            loop.execute(task);
            handedOver++;
            if ((handedOver & LOOK_MASK) == 0) {
                awaitAllBut(MOST_WAITING);
            }
        }

        @Setup(Level.Iteration)
        public void countAsLoad() {
            LoadThreads.add();
        }

        @TearDown(Level.Iteration)
        public void awaitAll() {
            awaitAllBut(0);
        }

        private void awaitAllBut(int number) {
            Spin spin = new Spin("tasks that have not run");
            while (handedOver - ran.get() > number) {
                spin.once();
            }
        }

        private void countRun() {
            ran.lazySet(ran.getPlain() + 1);
        }
    }

    @Setup(Level.Trial)
    public void start() throws IOException {
        running = kind().start();
    }

    RunningLoop running() {
        return running;
    }

    @Benchmark
    @Threads(1)
    public void oneThread(Producer producer) {
        producer.handOver(running);
    }

    @Benchmark
    @Threads(SEVERAL)
    public void fourThreads(Producer producer) {
        producer.handOver(running);
    }

    /**
     * JMH lets the first thread that has awaited its own tasks come here, while others may still
     * wait for theirs, and a loop that closes drops what it has not run. No thread hands over any
     * more, so what is handed over here comes last.
     */
    @TearDown(Level.Trial)
    public void close() {
        CountDownLatch last = new CountDownLatch(1);
        running.execute(last::countDown);
        Spin spin = new Spin("tasks of other threads that have not run");
        while (last.getCount() > 0) {
            spin.once();
        }
        running.close();
    }
}
