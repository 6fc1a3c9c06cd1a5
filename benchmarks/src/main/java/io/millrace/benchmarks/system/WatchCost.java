// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What it costs to watch a tree of directories: until it is watched, and in memory of the heap. */
final class WatchCost {
    static final int DIRECTORIES = 10_000;

    private static final int BRANCHES = 100;

    private WatchCost() {}

    /**
     * What was found.
     *
     * @param seconds until the watch was open
     * @param heapBytesEach what was alive more with it than before and after, for each directory
     */
    record Found(double seconds, double heapBytesEach) {}

    /** The one itself is among them. */
    static void makeTree(Path root) throws IOException {
        int made = 1;
        for (int i = 0; i < BRANCHES && made < DIRECTORIES; i++) {
            Path branch = Files.createDirectory(root.resolve("directory-" + i));
            made++;
            for (int j = 0; j < BRANCHES - 1 && made < DIRECTORIES; j++) {
                Files.createDirectory(branch.resolve("directory-" + j));
                made++;
            }
        }
    }

    static Found measure(String backend, Path root) throws IOException {
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            long before = liveBytes();
            Opening opening = new Opening();
            long begun = System.nanoTime();
            DirectoryWatch.open(
                            loop,
                            root,
                            DirectoryWatchOptions.builder().recursive(true).build(),
                            (same, change) -> {})
                    .whenComplete(opening::ended);
            while (!opening.ended) {
                loop.run(RunMode.ONCE);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (opening.failure != null) {
                throw new IOException("cannot watch " + root, opening.failure);
            }
            DirectoryWatch watch = Objects.requireNonNull(opening.watch);
            if (watch.directories() < DIRECTORIES) {
                throw new IOException("watches only " + watch.directories() + " directories");
            }
            long with = liveBytes();
            watch.close();
            loop.run();
            opening.watch = null;
            return new Found(seconds, (double) (with - before) / DIRECTORIES);
        }
    }

    private static final class Opening {
        private boolean ended;
        private @Nullable DirectoryWatch watch;
        private @Nullable Throwable failure;

        void ended(@Nullable DirectoryWatch opened, @Nullable Throwable why) {
            watch = opened;
            failure = why;
            ended = true;
        }
    }

    /** After two collections: what the first finds dead may hold more. */
    private static long liveBytes() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
