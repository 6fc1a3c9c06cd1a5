// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpSocket;
import io.millrace.spi.LateClasses;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process that is looked at: a server and its {@link Guests} on two loops of one backend, a
 * third loop that is opened, used and closed again and again, and now and then no descriptor left
 * for anybody. Prints a line for each interval: {@code sample} and a value for each {@link Measure}
 * between tabs; and in the end one of {@code totals}: answers, visits, failures, and what callbacks
 * threw.
 */
final class SoakProcess {
    private static final long SHORTAGE_NANOS = 200_000_000;
    private static final long FRESH_LOOPS_EACH_SECOND = 5;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int KIB = 1024;

    /** So few that pools stay small; see {@link Measure#DIRECT} for what they still grow. */
    private static final int CHUNKS = 128;

    private static final int CHUNK_BYTES = 16 << 10;
    private static final long FILE_BYTES = 1 << 20;

    /** Sampling takes a descriptor of its own, and so does the list of descriptors. */
    private static final int MOST_DESCRIPTORS = 4096;

    private final String backend;
    private final Path directory;
    private final AtomicLong uncaught = new AtomicLong();
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ServerSocket nobody;
    private Latencies taken = new Latencies();
    private long answers;

    private SoakProcess(String backend, Path directory) throws IOException {
        this.backend = backend;
        this.directory = directory;
        // A port that is this process's, and at which nobody listens once it is closed.
        nobody = new ServerSocket(0, 1, Guests.Hosts.anyPort().getAddress());
        nobody.close();
    }

    /** The backend, how many seconds, and how many there are between two samples. */
    public static void main(String[] arguments) throws Exception {
        LateClasses.loadAllBeside(SoakProcess.class);
        Path directory = Files.createTempDirectory("millrace-soak");
        try {
            new SoakProcess(arguments[0], directory)
                    .run(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
        } finally {
            Files.deleteIfExists(directory.resolve("file"));
            Files.delete(directory);
        }
    }

    private void run(long seconds, long interval) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[(int) FILE_BYTES]);
        EventLoop serving = open();
        TcpServer server = serve(serving, file);
        UdpSocket datagrams = UdpSocket.bind(serving, Guests.Hosts.anyPort());
        datagrams.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        EventLoop visiting = open();
        Hosts hosts = new Hosts(server.localAddress(), datagrams.localAddress(), nobodysPort());
        Guests guests = new Guests(visiting, hosts, file, backend.hashCode());
        guests.begin();
        loops.forEach(this::start);
        for (long passed = 0; passed < seconds; passed += interval) {
            soak(guests, interval);
        }
        end();
        print("totals", answers, guests.visits(), guests.failures(), uncaught);
    }

    private record Hosts(SocketAddress address, SocketAddress datagrams, SocketAddress nobody)
            implements Guests.Hosts {}

    private SocketAddress nobodysPort() {
        return new InetSocketAddress(nobody.getInetAddress(), nobody.getLocalPort());
    }

    private EventLoop open() throws IoException {
        LoopOptions options =
                LoopOptions.builder()
                        .backend(backend)
                        .chunks(CHUNKS, CHUNK_BYTES)
                        .uncaughtHandler(this::uncaught)
                        .build();
        EventLoop loop = EventLoop.open(options);
        loops.add(loop);
        return loop;
    }

    private void uncaught(@Nullable Handle handle, Throwable failure) {
        if (uncaught.getAndIncrement() == 0) {
            System.err.println(backend + ": a callback of " + handle + " threw " + failure);
        }
    }

    /** Echoes; one connection in sixteen gets a file instead. */
    private TcpServer serve(EventLoop loop, Path file) throws IoException {
        int[] accepted = new int[1];
        TcpServer server =
                TcpServer.listen(
                        loop,
                        Guests.Hosts.anyPort(),
                        stream -> {
                            stream.onWriteFailure((same, failure) -> same.close());
                            stream.onWritable(() -> resume(stream));
                            stream.read(SoakProcess::echo);
                            if (accepted[0]++ % 16 == 15) {
                                send(stream, file);
                            }
                        });
        server.onAcceptError((same, failure) -> {});
        return server;
    }

    private static void resume(ByteStream stream) {
        if (!stream.isClosing()) {
            stream.resumeReading();
        }
    }

    private static void echo(ByteStream stream, Chunk chunk) {
        if (!stream.write(chunk)) {
            stream.pauseReading();
        }
    }

    private static void send(ByteStream stream, Path file) {
        // Where there are too few descriptors to open it, that closes the stream.
        stream.sendFile(file, 0, KIB, (same, failure) -> same.closeWhenWritten());
    }

    private void start(EventLoop loop) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                loop.run();
                                loop.closeAll();
                            } catch (IOException | RuntimeException | Error failure) {
                                System.err.println(backend + ": the loop ended: " + failure);
                                System.exit(1);
                            }
                        },
                        "millrace-soak-" + threads.size());
        threads.add(thread);
        thread.start();
    }

    /** One interval: fresh loops, a shortage in the middle, and a look at everything. */
    private void soak(Guests guests, long seconds) throws Exception {
        long began = System.nanoTime();
        long end = began + seconds * (long) NANOS_PER_SECOND;
        boolean wasShort = false;
        while (System.nanoTime() < end) {
            useFreshLoop();
            if (!wasShort && System.nanoTime() - began > (end - began) / 2) {
                leaveNoDescriptor();
                wasShort = true;
            }
            LockSupport.parkNanos((long) NANOS_PER_SECOND / FRESH_LOOPS_EACH_SECOND);
        }
        take(guests);
        answers += taken.total();
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        double passed = (System.nanoTime() - began) / NANOS_PER_SECOND;
        values.put(Measure.REQUESTS, taken.total() / passed);
        values.put(Measure.MEDIAN, taken.micros(0.5));
        values.put(Measure.HIGH, taken.micros(0.99));
        look(values);
        List<Object> fields = new ArrayList<>();
        for (Measure each : Measure.values()) {
            fields.add(String.format(Locale.ROOT, "%.1f", values.get(each)));
        }
        print("sample", fields.toArray());
    }

    /** What a loop leaves behind shows after some thousands of them. */
    private void useFreshLoop() throws IOException {
        LoopOptions options = LoopOptions.builder().backend(backend).build();
        EventLoop loop;
        try {
            loop = EventLoop.open(options);
        } catch (IoException outOfDescriptors) {
            return;
        }
        TcpStream stream = TcpStream.open(loop);
        stream.connect(nobodysPort()).whenComplete((connected, refused) -> stream.close());
        loop.run();
        loop.close();
    }

    /** Takes whatever descriptor there is, and gives them back in a moment. */
    private static void leaveNoDescriptor() throws IOException {
        List<FileInputStream> all = new ArrayList<>();
        long end = System.nanoTime() + SHORTAGE_NANOS;
        while (System.nanoTime() < end) {
            try {
                if (all.size() < MOST_DESCRIPTORS) {
                    all.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException none) {
                LockSupport.parkNanos(SHORTAGE_NANOS / 100);
            }
        }
        for (FileInputStream each : all) {
            each.close();
        }
    }

    /** Between two callbacks of the guests' loop, whose latencies they are. */
    private void take(Guests guests) {
        CompletableFuture<Latencies> copy = new CompletableFuture<>();
        loops.get(1).execute(() -> copy.complete(guests.exchange(new Latencies())));
        taken = copy.join();
    }

    private void look(Map<Measure, Double> values) throws IOException {
        values.put(Measure.HANDLES, (double) handles());
        System.gc();
        var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        values.put(Measure.HEAP, memory.getUsed() / (double) KIB);
        double direct = 0;
        for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += pool.getMemoryUsed() / (double) KIB;
        }
        values.put(Measure.DIRECT, direct);
        values.put(Measure.THREADS, (double) ManagementFactory.getThreadMXBean().getThreadCount());
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            values.put(Measure.DESCRIPTORS, (double) descriptors.count());
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                values.put(Measure.RESIDENT, Double.valueOf(line.replaceAll("\\D", "")));
            }
        }
    }

    private long handles() {
        AtomicLong open = new AtomicLong();
        for (EventLoop loop : loops) {
            CompletableFuture<Boolean> counted = new CompletableFuture<>();
            loop.execute(
                    () -> {
                        loop.walk(handle -> open.incrementAndGet());
                        counted.complete(true);
                    });
            counted.join();
        }
        return open.get();
    }

    private void end() throws InterruptedException {
        loops.forEach(EventLoop::stop);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void print(String kind, Object... fields) {
        StringBuilder line = new StringBuilder(kind);
        for (Object field : fields) {
            line.append('\t').append(field);
        }
        System.out.println(line);
    }
}
