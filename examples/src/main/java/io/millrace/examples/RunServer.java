// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitHandler;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program and serves its output over HTTP, as it comes, to any number of readers: {@code GET
 * /}. How it has ended is in a trailer of that, and in {@code GET /status}.
 *
 * <p>Every reader first gets the last {@link #KEPT_BYTES}, and then what follows. The slowest one
 * holds up the program, whose output is read no faster than it is taken; what nobody reads is kept
 * up to half of that size, and then the program waits. There are at most {@link #MOST_READERS} at
 * once. When the server is told to end it ends the program.
 */
public final class RunServer implements ServerProgram.LoopService {
    /** What a new reader sees of the past; several chunks. */
    static final int KEPT_BYTES = 256 << 10;

    private static final String USAGE =
            "--port N [--host ADDRESS] [--backend NAME,...] -- COMMAND [ARGUMENT]...";

    /** How long the program may take to end when it is asked to. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long readers may take what is left. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    /** Each is sent a copy of the past. */
    static final int MOST_READERS = 64;

    private static final byte[] ROOT = {'/'};
    private static final byte[] STATUS = "/status".getBytes(StandardCharsets.US_ASCII);

    private final List<String> command;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private final List<Reader> readers = new ArrayList<>();
    private final byte[] kept = new byte[KEPT_BYTES];

    /** Bytes that the program has written, and how many of them no reader was there for. */
    private long written;

    private long unseen;
    private boolean isPaused;
    private boolean isOver;
    private boolean isLost;
    private boolean isEnding;
    private @Nullable ChildProcess child;

    RunServer(List<String> command) {
        this.command = command;
    }

    public static void main(String[] arguments) {
        int end = List.of(arguments).indexOf("--");
        String[] options = end < 0 ? arguments : Arrays.copyOf(arguments, end);
        List<String> command =
                end < 0 ? List.of() : List.of(arguments).subList(end + 1, arguments.length);
        new ServerProgram("run", USAGE, null, parsed -> of(command)).launch(options);
    }

    private static RunServer of(List<String> command) throws UsageException {
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw new UsageException("what to run is missing; it comes last, after --");
        }
        return new RunServer(command);
    }

    @Override
    public InetSocketAddress open(EventLoop loop, InetSocketAddress address, boolean shared)
            throws IOException {
        TcpServer server =
                TcpServer.listen(
                        loop, address, stream -> HttpConnection.serve(stream, this::handle));
        ChildOptions options = ChildOptions.builder(command).errors(ChildEnd.inherit()).build();
        try {
            ChildProcess.start(loop, options).whenComplete(this::begin);
        } catch (UnsupportedOperationException refusal) {
            throw new IOException(refusal.getMessage(), refusal);
        }
        return (InetSocketAddress) server.localAddress();
    }

    @Override
    public CompletionStage<Void> ready() {
        return started;
    }

    private void begin(@Nullable ChildProcess begun, @Nullable Throwable failure) {
        if (failure != null) {
            started.completeExceptionally(failure);
            return;
        }
        child = Objects.requireNonNull(begun);
        output().read(new Output());
        child.onExit(new End(this::endSoon));
        child.onFinished(new End(this::over));
        started.complete(null);
    }

    /** Whether its status is known or somebody else has taken it. */
    private final class End implements ExitHandler {
        private final Runnable then;

        End(Runnable then) {
            this.then = then;
        }

        @Override
        public void onExit(ChildProcess ended, ExitStatus status) {
            then.run();
        }

        @Override
        public void onLost(ChildProcess ended, IoException failure) {
            isLost = true;
            then.run();
        }
    }

    private ChildProcess child() {
        return Objects.requireNonNull(child);
    }

    private Pipe output() {
        return Objects.requireNonNull(child().output());
    }

    /** What the program writes, passed on to all. */
    private final class Output implements ReadHandler {
        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            keep(chunk);
            if (readers.isEmpty()) {
                unseen += chunk.length();
            }
            for (Reader each : List.copyOf(readers)) {
                each.pass(chunk);
            }
            pauseOrGoOn();
        }

        @Override
        public void onEnd(ByteStream stream) {
            stream.close();
        }

        @Override
        public void onFailure(ByteStream stream, IoException failure) {
            stream.close();
        }
    }

    private void keep(Chunk chunk) {
        int length = chunk.length();
        int skipped = Math.max(0, length - KEPT_BYTES);
        byte[] last = new byte[length - skipped];
        chunk.copyTo(skipped, last, 0, last.length);
        int at = (int) ((written + skipped) % KEPT_BYTES);
        int first = Math.min(last.length, KEPT_BYTES - at);
        System.arraycopy(last, 0, kept, at, first);
        System.arraycopy(last, first, kept, 0, last.length - first);
        written += length;
    }

    /** The last of what was written, in order. */
    private byte[] history() {
        int length = (int) Math.min(written, KEPT_BYTES);
        byte[] all = new byte[length];
        int at = (int) ((written - length) % KEPT_BYTES);
        int first = Math.min(length, KEPT_BYTES - at);
        System.arraycopy(kept, at, all, 0, first);
        System.arraycopy(kept, 0, all, first, length - first);
        return all;
    }

    /** Whoever does not take it holds it up; nobody does when there is nobody, for a while. */
    private void pauseOrGoOn() {
        Pipe output = output();
        if (output.isClosing()) {
            return;
        }
        boolean wait =
                readers.isEmpty()
                        ? unseen >= KEPT_BYTES / 2
                        : readers.stream().anyMatch(each -> each.isFull);
        if (wait != isPaused) {
            isPaused = wait;
            if (wait) {
                output.pauseReading();
            } else {
                output.resumeReading();
            }
        }
    }

    private void handle(HttpRequest request, HttpConnection connection) {
        if (!request.isReading()) {
            connection.send(HttpStatus.METHOD_NOT_ALLOWED);
        } else if (child == null) {
            connection.send(HttpStatus.UNAVAILABLE);
        } else if (request.pathIs(STATUS)) {
            connection.sendText(status() + "\n");
        } else if (!request.pathIs(ROOT)) {
            connection.send(HttpStatus.NOT_FOUND);
        } else if (request.method == HttpRequest.Method.HEAD) {
            connection.sendText("");
        } else if (readers.size() >= MOST_READERS) {
            connection.send(HttpStatus.UNAVAILABLE);
        } else {
            new Reader(request.isHttp10).begin(connection);
        }
    }

    private String status() {
        ExitStatus known = child().exitStatus();
        String process = "process " + child().processId();
        if (isLost) {
            return process + " has ended, and somebody else was told how";
        }
        return known == null ? process + " runs" : known.toString();
    }

    /** One client that gets the output. */
    private final class Reader {
        private final boolean isPlain;
        private @Nullable ByteStream stream;
        boolean isFull;

        Reader(boolean isPlain) {
            this.isPlain = isPlain;
        }

        void begin(HttpConnection connection) {
            String headers = "Content-Type: application/octet-stream\r\n";
            if (!isPlain) {
                headers += "Transfer-Encoding: chunked\r\nTrailer: Exit-Status\r\n";
            }
            stream = connection.stream(headers, this::goOn, this::gone);
            byte[] past = history();
            if (past.length > 0) {
                frame(past.length);
                write(past);
                endFrame();
            }
            unseen = 0;
            if (isOver) {
                end();
            } else {
                readers.add(this);
                pauseOrGoOn();
            }
        }

        private ByteStream stream() {
            return Objects.requireNonNull(stream);
        }

        private void frame(int length) {
            if (!isPlain) {
                text(Integer.toHexString(length) + "\r\n");
            }
        }

        private void text(String text) {
            write(text.getBytes(StandardCharsets.US_ASCII));
        }

        private void write(byte[] bytes) {
            isFull = !stream().write(bytes, 0, bytes.length);
        }

        private void endFrame() {
            if (!isPlain) {
                text("\r\n");
            }
        }

        void pass(Chunk chunk) {
            if (stream().isClosing()) {
                return;
            }
            frame(chunk.length());
            isFull = !stream().write(chunk);
            endFrame();
        }

        void end() {
            if (stream().isClosing()) {
                return;
            }
            if (!isPlain) {
                text("0\r\nExit-Status: " + status() + "\r\n\r\n");
            }
            stream().closeWhenWritten();
        }

        private void goOn() {
            isFull = false;
            pauseOrGoOn();
        }

        private void gone() {
            if (readers.remove(this) && child != null) {
                pauseOrGoOn();
            }
            finishIfAllHaveGone();
        }
    }

    /** It has ended, and all that it wrote was read. */
    private void over() {
        isOver = true;
        for (Reader each : List.copyOf(readers)) {
            each.end();
        }
        finishIfAllHaveGone();
    }

    @Override
    public CompletionStage<Void> finish(EventLoop loop) {
        isEnding = true;
        ChildProcess running = child;
        if (running == null) {
            finished.complete(null);
        } else if (running.exitStatus() != null || isLost) {
            endSoon();
        } else {
            running.killAfter(Duration.ofNanos(1), GRACE);
            // One that this user may not end, say.
            finishAfter(GRACE.plus(FAREWELL));
        }
        return finished;
    }

    private void endSoon() {
        if (isEnding) {
            finishAfter(FAREWELL);
            finishIfAllHaveGone();
        }
    }

    private void finishAfter(Duration time) {
        Timer.open(child().loop()).start(time, () -> finished.complete(null));
    }

    private void finishIfAllHaveGone() {
        if (isEnding && isOver && readers.isEmpty()) {
            finished.complete(null);
        }
    }
}
