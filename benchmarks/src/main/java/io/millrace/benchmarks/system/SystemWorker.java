// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.benchmarks.cpu.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs one subject: for every line with a number of seconds on its standard input it works for so
 * long and answers with a {@link Window}. Arguments:
 *
 * <ul>
 *   <li>{@code blocks BACKEND KIND FILE cached|direct}: blocks by a loop, see {@link BlockReads}
 *   <li>{@code threads WAY FILE CACHE}: blocks by threads, see {@link ThreadReads}
 * </ul>
 */
final class SystemWorker {
    private SystemWorker() {}

    /** What it repeats. */
    interface Work extends AutoCloseable {
        /** Before a window, and not part of it. */
        void prepare() throws IOException;

        /** How many operations ended. */
        long run(double seconds) throws IOException, InterruptedException;

        /** What the thread of the loop has allocated so far; zero if nobody counts. */
        long allocatedBytes();

        @Override
        void close() throws IOException;
    }

    @SuppressWarnings("SystemOut") // The parent reads it.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Work work = work(arguments)) {
            String line;
            while ((line = lines.readLine()) != null) {
                System.out.println(window(work, Double.parseDouble(line)).toLine());
            }
        }
    }

    static Work work(String... arguments) throws IOException {
        if (arguments[0].equals("threads")) {
            return new ThreadReads(
                    ThreadReads.Way.valueOf(arguments[1]),
                    Path.of(arguments[2]),
                    ThreadReads.Cache.valueOf(arguments[3]));
        }
        return new BlockReads(
                arguments[1],
                BlockReads.Kind.valueOf(arguments[2]),
                Path.of(arguments[3]),
                arguments[4].equals("direct"));
    }

    static Window window(Work work, double seconds) throws IOException, InterruptedException {
        work.prepare();
        Reading before = Reading.ofThreads(List.of());
        long allocated = work.allocatedBytes();
        long begun = System.nanoTime();
        long operations = work.run(seconds);
        long nanos = System.nanoTime() - begun;
        allocated = work.allocatedBytes() - allocated;
        long cpu = Reading.ofThreads(List.of()).since(before).server().runningNanos();
        return new Window(operations, nanos, cpu, allocated);
    }
}
