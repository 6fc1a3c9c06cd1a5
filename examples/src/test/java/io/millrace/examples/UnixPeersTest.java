// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Unix-domain sockets with peers that know nothing of Millrace: curl, nc, socat and the JDK. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
class UnixPeersTest {
    private static final long HANG_SECONDS = 60;

    @Parameter private String backend;

    private EventLoopGroup group;
    private Path path;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        path = directory.resolve("socket");
        group = EventLoopGroup.open(2, LoopOptions.builder().backend(backend).build());
    }

    @AfterEach
    void closed() {
        group.close();
        assertFalse(Files.exists(path), "the file is gone with the server");
    }

    private void serve(ConnectionHandler<? super ByteStream> handler) throws IOException {
        UnixServer.listen(group, UnixDomainSocketAddress.of(path), ServerOptions.DEFAULT, handler);
    }

    @Test
    @DisabledOnOs(value = OS.MAC, disabledReason = "its nc means something else by -N")
    void netcatConnects() throws Exception {
        serve(EchoServer::serve);
        assertEquals(
                new Programs.Outcome(0, "over netcat\n"),
                Programs.run(List.of("nc", "-N", "-U", path.toString()), "over netcat\n"));
    }

    @Test
    void socatConnects() throws Exception {
        serve(EchoServer::serve);
        String text = "over socat\n".repeat(100_000);
        Programs.Outcome outcome =
                Programs.run(List.of("socat", "-t", "30", "-", "UNIX-CONNECT:" + path), text);
        assertEquals(0, outcome.status());
        assertEquals(text, outcome.output());
    }

    @Test
    void curlConnects() throws Exception {
        serve(stream -> HttpConnection.serve(stream, HttpServer::handle));
        Programs.Outcome outcome =
                Programs.run(
                        List.of(
                                "curl",
                                "-sS",
                                "--unix-socket",
                                path.toString(),
                                "-w",
                                "%{http_code}\n",
                                "http://localhost/plaintext"),
                        "");
        assertEquals("Hello, World!200\n", outcome.output());
    }

    @Test
    void aChannelOfTheJdkConnects() throws Exception {
        serve(EchoServer::serve);
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            ByteBuffer sent = StandardCharsets.US_ASCII.encode("over a channel");
            channel.write(sent.duplicate());
            channel.shutdownOutput();
            ByteBuffer received = ByteBuffer.allocate(100);
            while (channel.read(received) >= 0) {
                assertTrue(received.hasRemaining());
            }
            assertEquals(sent, received.flip());
        }
    }

    @Test
    void socatListens() throws Exception {
        CompletableFuture<Programs.Outcome> socat = new CompletableFuture<>();
        Thread runner =
                new Thread(
                        () -> {
                            try {
                                socat.complete(
                                        Programs.run(
                                                List.of("socat", "-u", "UNIX-LISTEN:" + path, "-"),
                                                ""));
                            } catch (Throwable failure) {
                                socat.completeExceptionally(failure);
                            }
                        });
        runner.start();
        Await.until("socat listens", () -> socat.isDone() || Files.exists(path));
        byte[] text = "over a stream\n".getBytes(StandardCharsets.US_ASCII);
        while (!socat.isDone() && !connectsAndSends(text)) {
            Thread.yield();
        }
        Programs.Outcome outcome = endOf(socat);
        assertEquals("over a stream\n", outcome.output());
    }

    private static Programs.Outcome endOf(CompletableFuture<Programs.Outcome> program)
            throws Exception {
        try {
            return program.get(HANG_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException skipped) {
                throw skipped;
            }
            throw failure;
        }
    }

    /** The file is there a moment before anybody listens. */
    private boolean connectsAndSends(byte[] text) throws Exception {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        var loop = group.loops().get(0);
        loop.execute(
                () ->
                        UnixStream.connect(loop, UnixDomainSocketAddress.of(path))
                                .whenComplete(
                                        (stream, failure) -> {
                                            if (failure == null) {
                                                stream.write(text, 0, text.length);
                                                stream.closeWhenWritten();
                                            }
                                            sent.complete(failure == null);
                                        }));
        return sent.get(HANG_SECONDS, TimeUnit.SECONDS);
    }
}
