// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ReadHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** A loop, a server on it, and what its connections have come to. */
final class TlsRig implements AutoCloseable {
    final EventLoop loop;
    final List<TlsStream> accepted = new ArrayList<>();
    final List<IoException> refused = new ArrayList<>();
    final List<Throwable> uncaught = new ArrayList<>();
    final TlsServer server;
    ConnectionHandler<TlsStream> onConnection = stream -> {};

    TlsRig(String backend, TlsContext context, int mostHandshakes) throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .backend(backend)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
        server =
                TlsServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ServerOptions.DEFAULT,
                        context,
                        mostHandshakes,
                        stream -> {
                            accepted.add(stream);
                            onConnection.onConnection(stream);
                        });
        server.onHandshakeFailure((stream, failure) -> refused.add(failure));
    }

    static TlsRig on(TlsContext context) throws IOException {
        return new TlsRig("nio", context, TlsServer.DEFAULT_HANDSHAKES);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    TcpStream plain() {
        TcpStream stream = TcpStream.open(loop);
        stream.connect(address());
        return stream;
    }

    /** Turns the loop until it is so; the deadline only catches hangs. */
    void until(BooleanSupplier condition) throws IOException {
        boolean[] late = new boolean[1];
        Timer deadline = Timer.open(loop);
        deadline.unref();
        deadline.start(Duration.ofSeconds(30), () -> late[0] = true);
        while (!condition.getAsBoolean() && !late[0]) {
            if (!loop.run(RunMode.ONCE)) {
                loop.run(RunMode.NOWAIT);
            }
        }
        deadline.close();
        Assertions.assertFalse(late[0], "not in time");
        Assertions.assertEquals(List.of(), uncaught);
    }

    /** How a handshake with the server comes out at the client; null if well. */
    @Nullable IoException shake(TlsContext context, String host) throws IOException {
        Outcome outcome = new Outcome();
        TlsStream client = TlsStream.client(plain(), context, host, address().getPort());
        outcome.stream = client;
        int before = accepted.size() + refused.size();
        client.handshake().whenComplete(outcome::ends);
        until(() -> outcome.done && accepted.size() + refused.size() > before);
        last = client;
        return outcome.failure;
    }

    /** The client of the last handshake. */
    @Nullable TlsStream last;

    @Override
    public void close() throws IOException {
        loop.closeAll();
        Assertions.assertEquals(List.of(), uncaught);
    }

    /** Of a handshake. */
    private static final class Outcome {
        @Nullable TlsStream stream;
        boolean done;
        @Nullable IoException failure;

        void ends(@Nullable TlsStream result, @Nullable Throwable reason) {
            done = true;
            failure = (IoException) reason;
        }
    }

    /** Takes what comes until the end. */
    static final class Received implements ReadHandler {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean ended;
        @Nullable IoException failure;

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            byte[] part = new byte[chunk.length()];
            chunk.copyTo(0, part, 0, part.length);
            bytes.writeBytes(part);
        }

        @Override
        public void onEnd(ByteStream stream) {
            ended = true;
        }

        @Override
        public void onFailure(ByteStream stream, IoException reason) {
            failure = reason;
        }

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        int count() {
            return bytes.size();
        }

        byte[] array() {
            return bytes.toByteArray();
        }
    }

    static void write(ByteStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        stream.write(bytes, 0, bytes.length);
    }
}
