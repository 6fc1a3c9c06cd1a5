// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import io.millrace.Backends;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.net.TcpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Prints how long a quiet client of an echo server waits while something else floods the server's
 * loop, for each backend and each kind of flood. Not a benchmark: it shows whether anybody is
 * starved.
 *
 * <p>{@code NeighbourWaits [--backends NAME,...] [--floods NAME,...] [--seconds N]}. Needs two idle
 * processors or more to mean anything, and the engines on the class path.
 */
public final class NeighbourWaits {
    private static final long FILE_BYTES = 5L << 30;
    private static final int MESSAGE_BYTES = 64;
    private static final int READ_BYTES = 1 << 20;

    /** Between an echo and the next message. */
    private static final long PAUSE_NANOS = 1_000_000;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Path file;
    private final long nanos;

    private NeighbourWaits(Path file, long nanos) {
        this.file = file;
        this.nanos = nanos;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> backends = usableBackends();
        List<Flood.Kind> floods = List.of(Flood.Kind.values());
        long seconds = 2;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            List<String> values = List.of(arguments[i + 1].split(",", -1));
            switch (arguments[i]) {
                case "--backends" -> backends = values;
                case "--floods" -> floods = values.stream().map(Flood.Kind::valueOf).toList();
                case "--seconds" -> seconds = Long.parseLong(arguments[i + 1]);
                default -> throw new IllegalArgumentException("no such option: " + arguments[i]);
            }
        }
        Path file = Files.createTempFile("millrace-flood", null);
        try {
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(FILE_BYTES);
                intoPageCache(sparse);
            }
            NeighbourWaits waits = new NeighbourWaits(file, Duration.ofSeconds(seconds).toNanos());
            print("backend", "flood", "echoes", "median ms", "99 % ms", "worst ms");
            for (String backend : backends) {
                for (Flood.Kind flood : floods) {
                    waits.measure(backend, flood);
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Otherwise the first reader would wait for each page to be made. */
    private static void intoPageCache(RandomAccessFile sparse) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        int taken;
        do {
            taken = sparse.read(buffer);
        } while (taken >= 0);
    }

    private static List<String> usableBackends() {
        return Backends.report().backends().stream()
                .filter(each -> each.usable())
                .map(each -> each.name())
                .toList();
    }

    private void measure(String backend, Flood.Kind kind) throws Exception {
        Served served = new Served();
        Thread thread = new Thread(() -> serve(backend, kind, served), "millrace-testkit-loop");
        thread.start();
        try (Flood flood = served.flood.get()) {
            TcpServer server = Objects.requireNonNull(served.server);
            List<Long> waits = new ArrayList<>();
            try (Socket socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.connect(server.localAddress());
                long end = System.nanoTime() + nanos;
                while (System.nanoTime() < end) {
                    waits.add(echo(socket));
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            report(backend, kind, waits);
            flood.failures().forEach(failure -> print(backend, kind.name(), "" + failure));
            server.loop().stop();
        }
        thread.join();
    }

    /** What the loop's thread has made; to be read once the flood is there. */
    private static final class Served {
        private final CompletableFuture<Flood> flood = new CompletableFuture<>();
        private @Nullable TcpServer server;
    }

    /** The first echo, which may still load classes, counts like all others. */
    private static long echo(Socket socket) throws IOException {
        byte[] message = new byte[MESSAGE_BYTES];
        long began = System.nanoTime();
        socket.getOutputStream().write(message);
        new DataInputStream(socket.getInputStream()).readFully(message);
        return System.nanoTime() - began;
    }

    private void serve(String backend, Flood.Kind kind, Served served) {
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            served.server =
                    TcpServer.listen(
                            loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            stream -> stream.read((same, chunk) -> same.write(chunk)));
            served.flood.complete(Flood.begin(kind, loop, file));
            loop.run();
            loop.closeAll();
        } catch (IOException | RuntimeException failure) {
            served.flood.completeExceptionally(failure);
        }
    }

    private static void report(String backend, Flood.Kind kind, List<Long> waits) {
        long[] sorted = waits.stream().mapToLong(Long::longValue).sorted().toArray();
        print(
                backend,
                kind.name().toLowerCase(Locale.ROOT),
                Integer.toString(sorted.length),
                millis(sorted[sorted.length / 2]),
                millis(sorted[sorted.length * 99 / 100]),
                millis(sorted[sorted.length - 1]));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / NANOS_PER_MILLI);
    }

    private static void print(String... columns) {
        String[] six = Arrays.copyOf(columns, 6);
        for (int i = 0; i < six.length; i++) {
            six[i] = six[i] == null ? "" : six[i];
        }
        System.out.printf(Locale.ROOT, "%-10s %-16s %9s %10s %10s %10s%n", (Object[]) six);
    }
}
