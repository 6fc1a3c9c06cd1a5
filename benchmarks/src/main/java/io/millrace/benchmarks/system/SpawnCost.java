// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.benchmarks.statistics.Interval;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a child costs beside one of {@code ProcessBuilder}: {@code true}, one after the other, with
 * no ends, from the start until its status is known. Both take turns there and back, and in the end
 * it is counted what has stayed: descriptors and processes.
 */
final class SpawnCost {
    private static final int ROUNDS = 10;
    private static final String OURS = "ChildProcess";
    private static final String THEIRS = "ProcessBuilder";

    /** What starts a child, and is back when it has ended. */
    private interface Way {
        void run() throws IOException, InterruptedException;
    }

    private SpawnCost() {}

    /**
     * What was found.
     *
     * @param micros of each child
     * @param theirMicros of each of the JDK's
     * @param ratio of the former to the latter
     * @param descriptorsMore that were open at the end and not at the beginning
     * @param childrenLeft that had not ended, or nobody had reaped
     */
    record Found(
            double micros,
            double theirMicros,
            Interval ratio,
            long descriptorsMore,
            long childrenLeft) {}

    static Found measure(String backend, int children) throws IOException, InterruptedException {
        int each = Math.max(1, children / (2 * ROUNDS));
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            Way ours = () -> byLoop(loop);
            Way theirs = SpawnCost::byProcessBuilder;
            window(ours, each);
            window(theirs, each);
            long before = openDescriptors();
            Turns turns = new Turns();
            for (int i = 0; i < ROUNDS; i++) {
                turns.add(OURS, window(ours, each));
                turns.add(THEIRS, window(theirs, each));
                turns.add(THEIRS, window(theirs, each));
                turns.add(OURS, window(ours, each));
            }
            return new Found(
                    turns.median(OURS, SpawnCost::micros),
                    turns.median(THEIRS, SpawnCost::micros),
                    turns.ratio(OURS, THEIRS, SpawnCost::micros),
                    openDescriptors() - before,
                    ProcessHandle.current().children().count());
        }
    }

    private static double micros(Window window) {
        return window.nanos() / 1e3 / window.operations();
    }

    private static Window window(Way way, int times) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < times; i++) {
            way.run();
        }
        return new Window(times, System.nanoTime() - begun, 0, 0);
    }

    private static void byLoop(EventLoop loop) throws IOException {
        ChildOptions options =
                ChildOptions.builder("true")
                        .output(ChildEnd.ignore())
                        .errors(ChildEnd.ignore())
                        .build();
        ChildProcess.start(loop, options)
                .whenComplete(
                        (child, failure) -> {
                            if (failure != null) {
                                throw new IllegalStateException(failure);
                            }
                            child.onExit((same, status) -> same.close());
                        });
        loop.run();
    }

    private static void byProcessBuilder() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("true")
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.waitFor();
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
