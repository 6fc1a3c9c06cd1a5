// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a child costs beside one of {@code ProcessBuilder}: {@code true}, one after the other, with
 * no ends, from the start until its status is known. Rounds alternate, so that whatever else the
 * machine does meets both. In the end it says what has stayed: descriptors and processes.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar io.millrace.benchmarks.SpawnCost [BACKEND [CHILDREN]]
 * </pre>
 */
public final class SpawnCost {
    private static final int ROUNDS = 20;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int USUAL_CHILDREN = 10_000;
    private static final double NANOS_PER_MICRO = 1_000.0;

    /** What starts a child, and is back when it has ended. */
    private interface Way {
        void run() throws IOException, InterruptedException;
    }

    private SpawnCost() {}

    @SuppressWarnings("SystemOut") // This is a command line.
    public static void main(String[] arguments) throws Exception {
        String backend = arguments.length > 0 ? arguments[0] : "auto";
        int children = arguments.length > 1 ? Integer.parseInt(arguments[1]) : USUAL_CHILDREN;
        int each = Math.max(1, children / ROUNDS);
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            Way ours = () -> byLoop(loop);
            Way theirs = SpawnCost::byProcessBuilder;
            double[] ratios = new double[ROUNDS];
            double[] costs = new double[ROUNDS];
            double[] theirCosts = new double[ROUNDS];
            long before = 0;
            for (int i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
                boolean oursFirst = (i & 1) == 0;
                double first = micros(oursFirst ? ours : theirs, each);
                double second = micros(oursFirst ? theirs : ours, each);
                if (i == -1) {
                    before = openDescriptors();
                }
                if (i >= 0) {
                    costs[i] = oursFirst ? first : second;
                    theirCosts[i] = oursFirst ? second : first;
                    ratios[i] = costs[i] / theirCosts[i];
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s: %d children each: ChildProcess %.0f us, ProcessBuilder %.0f us, ratio"
                            + " %.3f (%.3f to %.3f)%n",
                    loop.backend().name(),
                    ROUNDS * each,
                    median(costs),
                    median(theirCosts),
                    median(ratios),
                    ratios[ROUNDS / 4],
                    ratios[ROUNDS - 1 - ROUNDS / 4]);
            System.out.printf(
                    Locale.ROOT,
                    "left: %d descriptors more, %d children%n",
                    openDescriptors() - before,
                    ProcessHandle.current().children().count());
        }
    }

    private static double micros(Way way, int times) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < times; i++) {
            way.run();
        }
        return (System.nanoTime() - begun) / NANOS_PER_MICRO / times;
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

    /** Sorts them. */
    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
