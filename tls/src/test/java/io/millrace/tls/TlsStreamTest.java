// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS adds to the contract of streams: records, their ends, and what lies below. */
class TlsStreamTest {
    private static TlsContext server() throws IoException {
        return TestContexts.server("jdk").build();
    }

    private static TlsContext client() throws IoException {
        return TestContexts.client("jdk").build();
    }

    private static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aStreamThatIsCutIsAFailureAndNotAnEnd() throws IOException {
        try (TlsRig rig = TlsRig.on(server())) {
            assertNull(rig.shake(client(), "localhost"));
            TlsRig.Received received = new TlsRig.Received();
            rig.accepted.get(0).read(received);
            TlsRig.write(rig.last, "secret");
            rig.until(() -> received.count() == 6);
            rig.last.below().close();
            rig.until(() -> received.failure != null);
            assertEquals(ErrorCode.ECONNABORTED, received.failure.errorCode());
            assertTrue(received.failure.getMessage().contains("close_notify"));
            assertFalse(received.ended);
            assertFalse(received.failure.toString().contains("secret"));
            assertFalse(rig.last.toString().contains("secret"));
        }
    }

    @Test
    void aRecordThatSomebodyHasChangedEndsTheConnection() throws IOException {
        try (TlsRig rig = TlsRig.on(server())) {
            assertNull(rig.shake(client(), "localhost"));
            TlsRig.Received received = new TlsRig.Received();
            TlsRig.Received told = new TlsRig.Received();
            rig.accepted.get(0).read(received);
            rig.last.read(told);
            byte[] forged = new byte[5 + 40];
            forged[0] = 23;
            forged[1] = 3;
            forged[2] = 3;
            forged[4] = 40;
            rig.last.below().write(forged, 0, forged.length);
            rig.until(() -> received.failure != null && told.failure != null);
            assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
            assertEquals(ErrorCode.EPROTO, told.failure.errorCode());
            assertTrue(told.failure.getMessage().contains("alert"), told.failure::getMessage);
        }
    }

    /** Nor of one with an engine that, told of the peer's end, ends its own direction as well. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.2", "conscrypt,TLSv1.2", "conscrypt,TLSv1.3"})
    void halfOfAConnectionOfTls12IsNone(String engine, String protocol) throws IOException {
        TlsContext old = TestContexts.server(engine).protocols(protocol).build();
        try (TlsRig rig = TlsRig.on(old)) {
            assertNull(rig.shake(client(), "localhost"));
            TlsRig.Received received = new TlsRig.Received();
            List<IoException> written = new ArrayList<>();
            rig.accepted.get(0).read(received);
            rig.last.shutdown();
            rig.until(() -> received.ended);
            rig.accepted.get(0).write(new byte[1], 0, 1, (stream, failure) -> written.add(failure));
            rig.until(() -> written.size() == 1);
            assertEquals(ErrorCode.EPIPE, written.get(0).errorCode());
            assertTrue(written.get(0).getMessage().contains("TLS 1.2"));
        }
    }

    /** Each record is split at each byte: a relay hands on pieces, one in each turn. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void recordsThatComeInPiecesAreTheSame(int seed) throws IOException {
        try (TlsRig rig = TlsRig.on(server())) {
            byte[] bytes = bytes(seed == 0 ? 2_000 : 60_000, seed);
            Random random = new Random(seed);
            Relay relay = new Relay(rig, () -> seed == 0 ? 1 : 1 + random.nextInt(1 << seed * 2));
            TcpStream below = TcpStream.open(rig.loop);
            below.connect(relay.address());
            TlsStream stream = TlsStream.client(below, client(), "localhost", 443);
            TlsRig.Received back = new TlsRig.Received();
            stream.read(back);
            stream.write(bytes, 0, bytes.length);
            rig.until(() -> rig.accepted.size() == 1);
            rig.accepted.get(0).read((echo, chunk) -> echo.write(chunk));
            rig.until(() -> back.count() == bytes.length);
            assertArrayEquals(bytes, back.array());
            stream.shutdown();
            rig.until(() -> back.ended || back.failure != null);
            assertTrue(back.ended, () -> String.valueOf(back.failure));
        }
    }

    @Test
    void aPlainConnectionGoesOnInTls() throws IOException {
        try (TlsRig rig = TlsRig.on(server())) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            TlsContext own = server();
            TcpServer mail =
                    TcpServer.listen(
                            rig.loop,
                            any,
                            plain ->
                                    plain.read(
                                            (stream, chunk) -> {
                                                TlsRig.write(stream, "go");
                                                TlsStream.server(stream, own)
                                                        .read((tls, more) -> tls.write(more));
                                            }));
            TcpStream below = TcpStream.open(rig.loop);
            below.connect(mail.localAddress());
            TlsRig.Received echo = new TlsRig.Received();
            TlsContext context = client();
            below.read(
                    (stream, chunk) -> {
                        TlsStream tls = TlsStream.client(stream, context, "localhost", 25);
                        tls.read(echo);
                        TlsRig.write(tls, "encrypted");
                    });
            TlsRig.write(below, "STARTTLS");
            rig.until(() -> echo.count() == 9);
            assertEquals("encrypted", echo.text());
        }
    }

    /** What was decrypted lies on the heap, which a kernel cannot take. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void whatWasReceivedMayBeWrittenToASocketAndToAFile(String backend, @TempDir Path directory)
            throws IOException {
        TlsRig rig;
        try {
            rig = new TlsRig(backend, server(), 10);
        } catch (IoException unusable) {
            Assumptions.abort(unusable.getMessage());
            return;
        }
        try (rig) {
            Path path = directory.resolve("received");
            List<AsyncFile> files = new ArrayList<>();
            AsyncFile.open(rig.loop, path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .thenAccept(files::add);
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            TlsRig.Received plain = new TlsRig.Received();
            TcpServer behind = TcpServer.listen(rig.loop, any, stream -> stream.read(plain));
            TcpStream forward = TcpStream.open(rig.loop);
            forward.connect(behind.localAddress());
            assertNull(rig.shake(client(), "localhost"));
            rig.until(() -> files.size() == 1);
            List<IoException> stored = new ArrayList<>();
            rig.accepted
                    .get(0)
                    .read(
                            (stream, chunk) -> {
                                forward.write(chunk);
                                files.get(0)
                                        .write(
                                                chunk,
                                                0,
                                                (file, source, failure) -> stored.add(failure));
                                forward.write(java.nio.ByteBuffer.allocateDirect(1));
                            });
            TlsRig.write(rig.last, "handed on");
            rig.until(() -> plain.count() == 10 && stored.size() == 1);
            assertEquals("handed on\0", plain.text());
            assertNull(stored.get(0));
            assertEquals("handed on", Files.readString(path));
        }
    }

    @Test
    void whatOneCallbackWritesIsAsFewRecordsAsItFitsIn() throws IOException {
        try (TlsRig rig = TlsRig.on(server())) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            Relay relay = new Relay(rig, () -> 1 << 20);
            relay.fromServer = all::writeBytes;
            TcpStream below = TcpStream.open(rig.loop);
            below.connect(relay.address());
            TlsStream stream = TlsStream.client(below, client(), "localhost", 443);
            TlsRig.Received back = new TlsRig.Received();
            stream.read(back);
            rig.until(() -> rig.accepted.size() == 1);
            rig.accepted
                    .get(0)
                    .read(
                            (echo, chunk) -> {
                                for (int i = 0; i < 1000; i++) {
                                    echo.write(new byte[20], 0, 20);
                                }
                            });
            rig.until(() -> stream.handshake().toCompletableFuture().isDone());
            int before = countRecords(all.toByteArray());
            TlsRig.write(stream, "go");
            rig.until(() -> back.count() == 20_000);
            int records = countRecords(all.toByteArray()) - before;
            // Two, and tickets that may come at this time.
            assertTrue(records <= 6, "records: " + records);
        }
    }

    private static int countRecords(byte[] bytes) {
        int records = 0;
        for (int at = 0; at + 5 <= bytes.length; records++) {
            at += 5 + ((bytes[at + 3] & 0xff) << 8 | (bytes[at + 4] & 0xff));
        }
        return records;
    }

    /** Hands on what comes, so many bytes in a turn. */
    private static final class Relay {
        private final TcpServer server;
        private final Timer timer;
        private final List<Pipe> pipes = new ArrayList<>();
        java.util.function.Consumer<byte[]> fromServer = bytes -> {};

        /** One direction. */
        private record Pipe(TcpStream from, TcpStream to, java.util.ArrayDeque<Byte> bytes) {}

        Relay(TlsRig rig, java.util.function.IntSupplier pieces) throws IOException {
            server =
                    TcpServer.listen(
                            rig.loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            accepted -> {
                                TcpStream onward = rig.plain();
                                pipe(accepted, onward, false);
                                pipe(onward, accepted, true);
                            });
            timer = Timer.open(rig.loop);
            timer.start(Duration.ZERO, () -> turn(pieces));
        }

        private void pipe(TcpStream from, TcpStream to, boolean isServers) {
            Pipe pipe = new Pipe(from, to, new java.util.ArrayDeque<>());
            pipes.add(pipe);
            from.read(
                    new io.millrace.net.ReadHandler() {
                        @Override
                        public void onRead(ByteStream stream, Chunk chunk) {
                            byte[] part = new byte[chunk.length()];
                            chunk.copyTo(0, part, 0, part.length);
                            for (byte each : part) {
                                pipe.bytes().add(each);
                            }
                            if (isServers) {
                                fromServer.accept(part);
                            }
                        }

                        @Override
                        public void onEnd(ByteStream stream) {}
                    });
        }

        private void turn(java.util.function.IntSupplier pieces) {
            for (Pipe pipe : pipes) {
                int bytes = Math.min(pieces.getAsInt(), pipe.bytes().size());
                if (bytes > 0 && !pipe.to().isClosing() && pipe.to().isWritable()) {
                    byte[] part = new byte[bytes];
                    for (int i = 0; i < bytes; i++) {
                        part[i] = pipe.bytes().remove();
                    }
                    pipe.to().write(part, 0, bytes);
                }
            }
            timer.start(Duration.ZERO, () -> turn(pieces));
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.localAddress();
        }
    }
}
