// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.cpu.ProcFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server that was started, and all processes that it may have started in turn. What it prints
 * goes to a file, whose last line is the reason given when it fails.
 */
final class ServerProcess implements AutoCloseable {
    static final String ANNOUNCEMENT = "listening on ";

    /** Comes before, if it can be asked what it has allocated. */
    static final String ALLOCATION_ANNOUNCEMENT = "allocations at ";

    private static final Pattern ALLOCATION_ANNOUNCED =
            Pattern.compile("^" + ALLOCATION_ANNOUNCEMENT + "(\\d+)$", Pattern.MULTILINE);
    private static final Pattern ANNOUNCED =
            Pattern.compile("^" + ANNOUNCEMENT + "(\\d+)$", Pattern.MULTILINE);
    private static final int MOST_READ = 64 << 10;
    private static final long LOOK_MILLIS = 20;
    private static final int CONNECT_MILLIS = 1000;
    private static final long END_SECONDS = 5;

    private final Candidate candidate;
    private final Process process;
    private final Path log;
    private final int givenPort;
    private int port;
    private int allocationPort;

    private ServerProcess(Candidate candidate, Process process, Path log, int givenPort) {
        this.candidate = candidate;
        this.process = process;
        this.log = log;
        this.givenPort = givenPort;
    }

    /** Does not wait for it to listen. */
    static ServerProcess start(Candidate candidate, Pinning pinning, Path logs) throws IOException {
        int port = candidate.isToldItsPort() ? freePort() : 0;
        List<String> command =
                candidate.command().stream()
                        .map(word -> word.replace(Candidate.PORT, Integer.toString(port)))
                        .toList();
        Path log = logs.resolve(candidate.name() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(pinning.server(command))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putIfAbsent(Jvm.OPTIONS_VARIABLE, Jvm.serverOptionsText());
        return new ServerProcess(candidate, builder.start(), log, port);
    }

    /**
     * Waits until it listens.
     *
     * @throws IOException if it does not within {@code limit}, or has ended
     */
    void awaitListening(Duration limit) throws IOException {
        long begun = System.nanoTime();
        while (!listens()) {
            requireAlive("before it listened", LOOK_MILLIS);
            if (System.nanoTime() - begun > limit.toNanos()) {
                throw new IOException(
                        "it does not listen after " + limit.toSeconds() + " s" + lastWords());
            }
        }
    }

    String name() {
        return candidate.name();
    }

    Candidate candidate() {
        return candidate;
    }

    int port() {
        return port;
    }

    /** Where it tells what it has allocated, or 0. */
    int allocationPort() {
        return allocationPort;
    }

    /** Its process, and those that it started. */
    List<Long> processes() {
        List<Long> all = new ArrayList<>();
        tree().forEach(each -> all.add(each.pid()));
        return all;
    }

    long residentKibibytes() {
        long sum = 0;
        for (long each : processes()) {
            try {
                Path status = Path.of("/proc", Long.toString(each), "status");
                sum += ProcFiles.residentKibibytes(Files.readString(status));
            } catch (IOException e) {
                // It has just ended, and holds nothing.
            }
        }
        return sum;
    }

    /** Fails with the reason if it ends within {@code millis}. */
    void requireAlive(String when, long millis) throws IOException {
        try {
            if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "it ended with status " + process.exitValue() + " " + when + lastWords());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Asks its processes to end, and ends those that do not. */
    @Override
    public void close() {
        List<ProcessHandle> all = tree().toList();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private Stream<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private boolean listens() throws IOException {
        if (givenPort != 0) {
            port = givenPort;
            return accepts();
        }
        String printed = printed();
        allocationPort = announced(ALLOCATION_ANNOUNCED, printed);
        port = announced(ANNOUNCED, printed);
        return port != 0;
    }

    private static int announced(Pattern announcement, String printed) {
        Matcher announced = announcement.matcher(printed);
        return announced.find() ? Integer.parseInt(announced.group(1)) : 0;
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            socket.connect(new InetSocketAddress(loopback, port), CONNECT_MILLIS);
            // The system may have chosen the very port for this end, and connected it to itself.
            return socket.getLocalPort() != port;
        } catch (IOException e) {
            return false; // Not yet.
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The end of it, should a server talk without end. */
    private String printed() throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(log)) {
            file.position(Math.max(0, file.size() - MOST_READ));
            ByteBuffer bytes = ByteBuffer.allocate(MOST_READ);
            while (file.read(bytes) > 0) {
                // Until the end, or enough.
            }
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    private String lastWords() throws IOException {
        return printed()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((first, second) -> second)
                .map(line -> ": " + line)
                .orElse(", and printed nothing");
    }
}
