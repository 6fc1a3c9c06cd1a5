// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.benchmarks.plain.VirtualThreads;
import io.millrace.benchmarks.statistics.Interval;
import io.millrace.benchmarks.system.BlockReads.Kind;
import io.millrace.benchmarks.system.ThreadReads.Cache;
import io.millrace.benchmarks.system.ThreadReads.Way;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What files, directories watched and children cost: of a loop on io_uring beside fio(1), of {@code
 * millrace-blocking} beside {@code FileChannel} on virtual threads, of {@code ChildProcess} beside
 * {@code ProcessBuilder}. Subjects of a topic take turns, there and back again; ratios are of
 * repetitions. Files lie in the directory that {@code java.io.tmpdir} names, which says whose disk
 * is measured. Linux with taskset, fio where it is compared with, and Java 21 or later for virtual
 * threads.
 *
 * <p>Arguments: {@code [seconds of a window] [repetitions] [topics]}; 1, 10, and all of {@value
 * #ALL}.
 */
public final class SystemBench {
    private static final String ALL =
            "warm,direct,threads-warm,threads-cold,threads-direct,allocation,watch,spawn";
    private static final double WARM_UP_WINDOWS = 5;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final int FILE_MIBIBYTES = 1024;
    private static final int MIBIBYTE = 1 << 20;
    private static final int CHILDREN = 10_000;
    private static final String IO_URING = "io_uring";
    private static final String EPOLL = "epoll";
    private static final String FIO = "fio";
    private static final String CHANNEL = "FileChannel";

    private final Path folder;
    private final double seconds;
    private final int repetitions;
    private @Nullable Path blocks;

    private SystemBench(Path folder, double seconds, int repetitions) {
        this.folder = folder;
        this.seconds = seconds;
        this.repetitions = repetitions;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
        int repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        List<String> topics = List.of((arguments.length > 2 ? arguments[2] : ALL).split(",", -1));
        Path folder = Files.createTempDirectory("millrace-system");
        try {
            SystemBench bench = new SystemBench(folder, seconds, repetitions);
            print(
                    "files in %s (%s), Java %s%n",
                    folder, Files.getFileStore(folder), Runtime.version());
            for (String topic : topics) {
                bench.measure(topic);
            }
        } finally {
            delete(folder);
        }
    }

    private void measure(String topic) throws IOException, InterruptedException {
        switch (topic) {
            case "warm" -> blocks(false);
            case "direct" -> blocks(true);
            case "threads-warm" -> threads(topic, Cache.WARM);
            case "threads-cold" -> threads(topic, Cache.COLD);
            case "threads-direct" -> threads(topic, Cache.DIRECT);
            case "allocation" -> allocation();
            case "watch" -> watch();
            case "spawn" -> spawn();
            default ->
                    throw new IllegalArgumentException(
                            "no topic is called " + topic + "; there are " + ALL);
        }
    }

    /** Opens one more subject of a topic. */
    private interface Opening {
        Subject open() throws IOException;
    }

    private Turns takeTurns(List<Opening> openings) throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        try {
            for (Opening opening : openings) {
                subjects.add(opening.open());
            }
            return Turns.of(subjects, WARM_UP_WINDOWS * seconds, seconds, repetitions);
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
    }

    private void blocks(boolean direct) throws IOException, InterruptedException {
        Path file = file();
        Turns turns =
                takeTurns(
                        List.of(
                                () -> loop(IO_URING, Kind.READ, file, direct),
                                () -> Fio.plain(file, direct),
                                () -> Fio.batched(file, direct),
                                () -> loop(EPOLL, Kind.READ, file, direct)));
        print(
                "%n%s: 4 KiB at random places, %d in flight, %s%n",
                direct ? "direct" : "warm",
                BlockReads.IN_FLIGHT,
                direct ? "past the page cache" : "all in the page cache");
        for (String name : List.of(IO_URING, FIO, "fio-batched", EPOLL)) {
            print(
                    "  %-12s %8.3f µs of CPU time for a read, %9.0f reads/s%n",
                    name,
                    turns.median(name, Window::cpuNanosEach) / NANOS_PER_MICRO,
                    turns.median(name, Window::perSecond));
        }
        ratio(turns, IO_URING, FIO, "CPU time", Window::cpuNanosEach, Limit.most(1.15), !direct);
        ratio(turns, IO_URING, FIO, "rate", Window::perSecond, Limit.least(0.95), direct);
        ratio(
                turns,
                IO_URING,
                "fio-batched",
                "CPU time",
                Window::cpuNanosEach,
                Limit.most(1.15),
                false);
    }

    private static Subject loop(String backend, Kind kind, Path file, boolean direct)
            throws IOException {
        return new WorkerProcess(
                backend,
                true,
                List.of(
                        "blocks",
                        backend,
                        kind.name(),
                        file.toString(),
                        direct ? "direct" : "cached"));
    }

    private void threads(String topic, Cache cache) throws IOException, InterruptedException {
        String refusal = VirtualThreads.refusal();
        if (refusal != null) {
            print("%n%s: not measured: %s%n", topic, refusal);
            return;
        }
        Path file = file();
        Turns turns =
                takeTurns(
                        List.of(
                                () -> threads(IO_URING, Way.IO_URING, file, cache),
                                () -> threads(CHANNEL, Way.CHANNEL, file, cache),
                                () -> threads(CHANNEL + "s", Way.CHANNELS, file, cache),
                                () -> threads(EPOLL, Way.EPOLL, file, cache)));
        print(
                "%n%s: %d virtual threads that read 4 KiB at random places, %s%n",
                topic, ThreadReads.THREADS, cache);
        for (String name : List.of(IO_URING, CHANNEL, CHANNEL + "s", EPOLL)) {
            print(
                    "  %-12s %9.0f reads/s, %8.3f µs of CPU time for a read%n",
                    name,
                    turns.median(name, Window::perSecond),
                    turns.median(name, Window::cpuNanosEach) / NANOS_PER_MICRO);
        }
        Limit limit = Limit.least(cache == Cache.WARM ? 1 : 2);
        ratio(turns, IO_URING, CHANNEL, "rate", Window::perSecond, limit, true);
        ratio(turns, IO_URING, CHANNEL + "s", "rate", Window::perSecond, limit, true);
        ratio(turns, EPOLL, CHANNEL, "rate", Window::perSecond, limit, false);
    }

    private static Subject threads(String name, Way way, Path file, Cache cache)
            throws IOException {
        return new WorkerProcess(
                name, false, List.of("threads", way.name(), file.toString(), cache.name()));
    }

    private static void ratio(
            Turns turns,
            String ours,
            String theirs,
            String of,
            ToDoubleFunction<Window> figure,
            Limit limit,
            boolean isAsked) {
        Interval ratio = turns.ratio(ours, theirs, figure);
        print(
                "  %s / %s, %s: %.3f (%.3f to %.3f)%s%n",
                ours,
                theirs,
                of,
                ratio.median(),
                ratio.low(),
                ratio.high(),
                isAsked ? "   " + limit.verdict(ratio) : "");
    }

    /** The least of a few windows: in one that also compiles, more is counted. */
    private void allocation() throws IOException, InterruptedException {
        print(
                "%nallocation: B on the loop's thread for an operation, %d in flight%n",
                BlockReads.IN_FLIGHT);
        for (String backend : List.of(IO_URING, EPOLL)) {
            for (Kind kind : Kind.values()) {
                Path file = Files.createFile(folder.resolve("allocation"));
                fill(file, 16);
                double least = Double.MAX_VALUE;
                try (Subject subject = loop(backend, kind, file, false)) {
                    for (int i = 0; i < WARM_UP_WINDOWS; i++) {
                        least = Math.min(least, subject.run(seconds).bytesEach());
                    }
                }
                Files.delete(file);
                print(
                        "  %-8s %-12s %.4f   %s%n",
                        backend,
                        kind.name().toLowerCase(Locale.ROOT),
                        least,
                        least < 0.01 ? "holds" : "missed");
            }
        }
    }

    private void watch() throws IOException {
        Path root = Files.createDirectory(folder.resolve("tree"));
        WatchCost.makeTree(root);
        print("%nwatch: %d directories, recursive%n", WatchCost.DIRECTORIES);
        for (String backend : List.of(EPOLL, IO_URING)) {
            List<Double> times = new ArrayList<>();
            List<Double> sizes = new ArrayList<>();
            for (int i = 0; i <= repetitions; i++) {
                WatchCost.Found found = WatchCost.measure(backend, root);
                if (i > 0) {
                    times.add(found.seconds());
                    sizes.add(found.heapBytesEach());
                }
            }
            Interval took = Interval.of(times, Interval.USUAL_DOUBT);
            Interval each = Interval.of(sizes, Interval.USUAL_DOUBT);
            print(
                    "  %-8s %.3f s (%.3f to %.3f)   %s%n",
                    backend, took.median(), took.low(), took.high(), Limit.most(1).verdict(took));
            print(
                    "  %-8s %.0f B of heap each (%.0f to %.0f)   %s%n",
                    backend,
                    each.median(),
                    each.low(),
                    each.high(),
                    Limit.most(1024).verdict(each));
        }
    }

    private void spawn() throws IOException, InterruptedException {
        // Shorter windows, for who only tries it.
        int children = (int) Math.min(CHILDREN, CHILDREN * seconds);
        for (String backend : List.of(EPOLL, IO_URING)) {
            SpawnCost.Found found = SpawnCost.measure(backend, children);
            print("%nspawn: %d children of %s, one after the other%n", children, backend);
            print(
                    "  ChildProcess %.0f µs, ProcessBuilder %.0f µs each%n",
                    found.micros(), found.theirMicros());
            print(
                    "  ChildProcess / ProcessBuilder: %.3f (%.3f to %.3f)   %s%n",
                    found.ratio().median(),
                    found.ratio().low(),
                    found.ratio().high(),
                    Limit.most(1.2).verdict(found.ratio()));
            print(
                    "  left: %d descriptors more, %d children%n",
                    found.descriptorsMore(), found.childrenLeft());
        }
    }

    /** The one that is read, made for the first who asks; afterwards all of it is in the cache. */
    private Path file() throws IOException {
        Path file = blocks;
        if (file == null) {
            file = Files.createFile(folder.resolve("blocks"));
            fill(file, FILE_MIBIBYTES);
            blocks = file;
        }
        return file;
    }

    /** With bytes that no device can leave out. */
    private static void fill(Path file, int mibibytes) throws IOException {
        byte[] bytes = new byte[MIBIBYTE];
        Random random = new Random(1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mibibytes; i++) {
                random.nextBytes(bytes);
                ByteBuffer piece = ByteBuffer.wrap(bytes);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            channel.force(true);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException problem) throws IOException {
                        if (problem != null) {
                            throw problem;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    @SuppressWarnings({"SystemOut", "AnnotateFormatMethod"})
    private static void print(String format, Object... arguments) {
        System.out.printf(Locale.ROOT, format, arguments);
    }
}
