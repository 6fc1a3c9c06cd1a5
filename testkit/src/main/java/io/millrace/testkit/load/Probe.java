// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A little of everything on each backend, to see where it runs: a long message there and back by
 * TCP, a datagram, timers, work on another thread, and a file that is written, synced and read.
 *
 * <p>{@code Probe [--rounds N] [--directory DIR] [BACKEND]...} prints a line for each backend: its
 * name, {@code ok}, {@code left out} or {@code FAILED}, and why, with tabs between; and one that
 * begins with {@code auto}. A file or a datagram may be forbidden, which is told with its code. A
 * backend that answers nothing for half a minute has failed.
 */
public final class Probe {
    private static final int MESSAGE_BYTES = 300_000;
    private static final int FILE_BYTES = 64 << 10;
    private static final String HAS_NOT_ENDED = "has not ended";
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EventLoop loop;
    private final Path directory;
    private final Map<String, String> outcomes = new LinkedHashMap<>();

    private Probe(EventLoop loop, Path directory) {
        this.loop = loop;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = 1;
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        int next = 0;
        while (next < arguments.length && arguments[next].startsWith("--")) {
            String value = arguments[next + 1];
            if (arguments[next].equals("--rounds")) {
                rounds = Integer.parseInt(value);
            } else {
                directory = Path.of(value);
            }
            next += 2;
        }
        List<String> wanted = List.of(arguments).subList(next, arguments.length);
        BackendReport report = Backends.report();
        System.out.println("auto\t" + report.chosen());
        boolean good = true;
        for (BackendInfo each : report.backends()) {
            if (wanted.isEmpty() || wanted.contains(each.name())) {
                good &= probe(each, rounds, directory);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean probe(BackendInfo backend, int rounds, Path directory) {
        if (!backend.usable()) {
            System.out.println(backend.name() + "\tleft out\t" + backend.reason());
            return true;
        }
        try {
            String outcome = "ok";
            for (int round = 0; round < rounds; round++) {
                outcome = probe(backend.name(), directory);
            }
            System.out.println(backend.name() + "\t" + outcome);
            return !outcome.startsWith("FAILED");
        } catch (IOException | RuntimeException | Error failure) {
            System.out.println(backend.name() + "\tFAILED\t" + failure);
            return false;
        }
    }

    private static String probe(String backend, Path directory) throws IOException {
        LoopOptions options = LoopOptions.builder().backend(backend).build();
        try (EventLoop loop = EventLoop.open(options)) {
            Probe probe = new Probe(loop, directory);
            probe.begin();
            loop.run();
            loop.closeAll();
            return probe.outcome();
        }
    }

    /** What must be everywhere, and what may be forbidden if it says so. */
    private String outcome() {
        StringBuilder told = new StringBuilder();
        for (String each : List.of("stream", "timer", "work", "datagram", "file")) {
            String outcome = outcomes.getOrDefault(each, HAS_NOT_ENDED);
            boolean mayFail = each.equals("datagram") || each.equals("file");
            if (outcome.equals(HAS_NOT_ENDED) || (!mayFail && !outcome.equals("ok"))) {
                return "FAILED\t" + each + ": " + outcome;
            }
            if (!outcome.equals("ok")) {
                told.append(told.length() == 0 ? "\tbut " : ", ").append(each + ": " + outcome);
            }
        }
        return "ok" + told;
    }

    private void begin() throws IoException {
        Timer patience = Timer.open(loop);
        patience.start(PATIENCE, loop::stop);
        patience.unref();
        stream();
        datagram();
        tick(3);
        Path path = directory.resolve("millrace-probe-" + ProcessHandle.current().pid());
        loop.work(() -> 1).result().thenAccept(one -> outcomes.put("work", "ok"));
        AsyncFile.open(
                        loop,
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)
                .whenComplete(
                        (file, failure) -> {
                            if (failure != null) {
                                outcomes.put("file", codeOf(failure));
                            } else {
                                file.onClosed(() -> delete(path));
                                write(file);
                            }
                        });
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private void stream() throws IoException {
        TcpServer server =
                TcpServer.listen(
                        loop, anyPort(), each -> each.read((same, chunk) -> same.write(chunk)));
        TcpStream client = TcpStream.open(loop);
        client.onClosed(server::close);
        client.connect(server.localAddress())
                .whenComplete(
                        (connected, failure) -> {
                            if (failure != null) {
                                outcomes.put("stream", codeOf(failure));
                                client.close();
                            } else {
                                client.read(new Counting());
                                client.write(ByteBuffer.allocate(MESSAGE_BYTES));
                                client.shutdown();
                            }
                        });
    }

    /** All that was sent comes back, and then the end. */
    private final class Counting implements ReadHandler {
        private int count;

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            count += chunk.length();
        }

        @Override
        public void onEnd(ByteStream stream) {
            outcomes.put("stream", count == MESSAGE_BYTES ? "ok" : count + " bytes");
            stream.close();
        }

        @Override
        public void onFailure(ByteStream stream, IoException reason) {
            outcomes.put("stream", codeOf(reason));
            stream.close();
        }
    }

    private void datagram() throws IoException {
        UdpSocket server = UdpSocket.bind(loop, anyPort());
        UdpSocket client = UdpSocket.bind(loop, anyPort());
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        client.receive(
                (socket, datagram) -> {
                    outcomes.put("datagram", "ok");
                    client.close();
                    server.close();
                });
        server.onFailure((socket, failure) -> outcomes.put("datagram", codeOf(failure)));
        client.onFailure((socket, failure) -> outcomes.put("datagram", codeOf(failure)));
        client.send(ByteBuffer.allocate(1), server.localAddress());
    }

    /** So many, each in the callback of the one before, and none early by the loop's clock. */
    private void tick(int left) {
        Timer timer = Timer.open(loop);
        long began = loop.now();
        timer.start(
                TICK,
                () -> {
                    timer.close();
                    boolean early = loop.now() - began < TICK.toNanos();
                    if (early || left == 1) {
                        outcomes.put("timer", early ? "came early" : "ok");
                    } else {
                        tick(left - 1);
                    }
                });
    }

    private void write(AsyncFile file) {
        file.write(
                ByteBuffer.allocate(FILE_BYTES).put(0, (byte) 7),
                0,
                (same, bytes, failure) -> {
                    if (failure != null) {
                        outcomes.put("file", codeOf(failure));
                        file.close();
                    } else {
                        file.sync((synced, notSynced) -> read(file, notSynced));
                    }
                });
    }

    private void read(AsyncFile file, @Nullable IoException notSynced) {
        file.readFully(
                ByteBuffer.allocateDirect(FILE_BYTES),
                0,
                (same, bytes, count) -> {
                    boolean whole = count == FILE_BYTES && bytes.get(0) == 7;
                    String read = whole ? "ok" : count + " bytes read";
                    outcomes.put("file", notSynced == null ? read : codeOf(notSynced));
                    file.close();
                });
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String codeOf(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof IoException known
                ? known.errorCode().name()
                : String.valueOf(cause);
    }
}
