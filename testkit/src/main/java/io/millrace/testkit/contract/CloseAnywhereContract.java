// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Closing a stream from inside each of its callbacks. Whatever called, the close callback comes
 * once, and nothing after it.
 */
public abstract class CloseAnywhereContract extends ContractTest {
    private final Journal journal = new Journal();

    private void closeHere(ByteStream stream) {
        stream.onClosed(journal.line("closed"));
        stream.close();
        stream.close();
    }

    /** Everything that would be heard after the close is written down, and must not be. */
    private ReadHandler closing(boolean onRead, boolean onEnd, boolean onFailure) {
        return new ReadHandler() {
            private void called(ByteStream stream, String name, boolean close) {
                journal.add(name);
                if (close) {
                    closeHere(stream);
                }
            }

            @Override
            public void onRead(ByteStream stream, Chunk chunk) {
                called(stream, "read", onRead);
            }

            @Override
            public void onEnd(ByteStream stream) {
                called(stream, "end", onEnd);
            }

            @Override
            public void onFailure(ByteStream stream, IoException failure) {
                called(stream, "failure", onFailure);
            }
        };
    }

    private void assertClosedAfter(ByteStream stream, String... lines) throws IOException {
        until("closed", stream::isClosed);
        settle();
        journal.assertIs(lines);
    }

    @Test
    void inTheConnectionHandler() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), this::closeHere);
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(server.localAddress());
        client.read((stream, chunk) -> {});
        until("closed", () -> journal.has("closed"));
        until("the client closed itself at the end", client::isClosed);
    }

    @Test
    void inTheConnectStage() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), TcpStream::close);
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(server.localAddress())
                .thenAccept(
                        stream -> {
                            journal.add("connected");
                            closeHere(stream);
                        });
        client.read(closing(true, true, true));
        client.write(ByteBuffer.allocateDirect(10), journal.written("write"));
        assertClosedAfter(client, "connected", "write ECANCELED", "closed");
    }

    @Test
    void inAReadCallback() throws IOException {
        TcpPair pair = connect();
        pair.server().read(closing(true, true, true));
        pair.client().write(bytes(100_000), 0, 100_000);
        pair.client().shutdown();
        assertClosedAfter(pair.server(), "read", "closed");
    }

    @Test
    void inTheEndOfAStream() throws IOException {
        TcpPair pair = connect();
        pair.server().read(closing(false, true, true));
        pair.client().shutdown();
        assertClosedAfter(pair.server(), "end", "closed");
    }

    @Test
    void inAReadFailure() throws IOException {
        TcpPair pair = connect();
        pair.server().read(closing(true, true, true));
        pair.client().closeReset();
        assertClosedAfter(pair.server(), "failure", "closed");
    }

    @Test
    void inARequestStyleRead() throws IOException {
        TcpPair pair = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        pair.server()
                .read(
                        buffer,
                        (stream, target, count) -> {
                            journal.add("read");
                            closeHere(stream);
                        });
        pair.client().write(bytes(100), 0, 100);
        assertClosedAfter(pair.server(), "read", "closed");
    }

    @Test
    void inAWriteCallbackWithMoreWritesBehind() throws IOException {
        TcpPair pair = connect();
        ByteBuffer large = ByteBuffer.allocateDirect(12 << 20);
        pair.client()
                .write(
                        ByteBuffer.allocateDirect(1),
                        (stream, failure) -> {
                            journal.add("first");
                            closeHere(stream);
                        });
        pair.client().write(large, journal.written("large"));
        assertClosedAfter(pair.client(), "first", "large ECANCELED", "closed");
    }

    @Test
    void inOnWritable() throws IOException {
        TcpPair pair = connect();
        TcpStream client = pair.client();
        client.watermarks(0, 1, 1 << 20);
        client.onWritable(
                () -> {
                    journal.add("writable");
                    closeHere(client);
                });
        client.write(bytes(1000), 0, 1000);
        assertClosedAfter(client, "writable", "closed");
    }

    @Test
    void inTheShutdownStage() throws IOException {
        TcpPair pair = connect();
        TcpStream client = pair.client();
        client.shutdown()
                .whenComplete(
                        (stream, failure) -> {
                            journal.add("shutdown");
                            closeHere(client);
                        });
        assertClosedAfter(client, "shutdown", "closed");
    }

    @Test
    void inAReadTimeout() throws IOException {
        TcpPair pair = connect();
        pair.server().read(closing(true, true, true));
        pair.server()
                .readTimeout(
                        Duration.ofMillis(2),
                        stream -> {
                            journal.add("timeout");
                            closeHere(stream);
                        });
        assertClosedAfter(pair.server(), "timeout", "closed");
    }

    @Test
    void inAWriteTimeout() throws IOException {
        TcpPair pair = connect();
        ByteBuffer large = ByteBuffer.allocateDirect(12 << 20);
        pair.client().write(large, journal.written("large"));
        pair.client()
                .writeTimeout(
                        Duration.ofMillis(5),
                        stream -> {
                            journal.add("timeout");
                            closeHere(stream);
                        });
        assertClosedAfter(pair.client(), "timeout", "large ECANCELED", "closed");
    }

    @Test
    void inATimerATaskAndACloseCallback() throws IOException {
        TcpPair first = connect();
        TcpPair second = connect();
        TcpPair third = connect();
        Timer timer = Timer.open(clientLoop());
        timer.start(Duration.ZERO, () -> closeHere(first.client()));
        clientLoop().execute(() -> closeHere(second.client()));
        timer.onClosed(() -> closeHere(third.client()));
        until("two closed", () -> journal.count("closed") == 2);
        timer.close();
        until("all closed", () -> journal.count("closed") == 3);
    }

    @Test
    void theServerInItsConnectionHandlerAndItsErrorHandler() throws IOException {
        TcpServer[] server = new TcpServer[1];
        server[0] =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream -> {
                            journal.add("connection");
                            server[0].close();
                        });
        for (int i = 0; i < 5; i++) {
            TcpStream.connect(clientLoop(), server[0].localAddress())
                    .whenComplete((stream, failure) -> {});
        }
        until("closed", server[0]::isClosed);
        settle();
        journal.assertIs("connection");
    }
}
