// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.testkit.contract.Transport.Ability;
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
        ByteStream client = connectTo(listen(this::closeHere)).stream();
        client.read((stream, chunk) -> {});
        until("closed", () -> journal.has("closed"));
        until("the client closed itself at the end", client::isClosed);
    }

    @Test
    @Needs(Transport.Ability.CONNECT)
    void inTheConnectStage() throws IOException {
        Transport.Connecting attempt = connectTo(listen(ByteStream::close));
        ByteStream client = attempt.stream();
        attempt.connected()
                .thenAccept(
                        connected -> {
                            journal.add("connected");
                            closeHere(client);
                        });
        client.read(closing(true, true, true));
        client.write(ByteBuffer.allocateDirect(10), journal.written("write"));
        assertClosedAfter(client, "connected", "write ECANCELED", "closed");
    }

    @Test
    void inAReadCallback() throws IOException {
        StreamPair pair = connect();
        pair.server().read(closing(true, true, true));
        pair.client().write(bytes(100_000), 0, 100_000);
        pair.client().shutdown();
        assertClosedAfter(pair.server(), "read", "closed");
    }

    @Test
    void inTheEndOfAStream() throws IOException {
        StreamPair pair = connect();
        pair.server().read(closing(false, true, true));
        pair.client().shutdown();
        assertClosedAfter(pair.server(), "end", "closed");
    }

    @Test
    @Needs(Ability.RESET)
    void inAReadFailure() throws IOException {
        StreamPair pair = connect();
        pair.server().read(closing(true, true, true));
        pair.client().closeReset();
        assertClosedAfter(pair.server(), "failure", "closed");
    }

    @Test
    void inARequestStyleRead() throws IOException {
        StreamPair pair = connect();
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
        StreamPair pair = connect();
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
        StreamPair pair = connect();
        ByteStream client = pair.client();
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
        StreamPair pair = connect();
        ByteStream client = pair.client();
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
        StreamPair pair = connect();
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
        StreamPair pair = connect();
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
        StreamPair first = connect();
        StreamPair second = connect();
        StreamPair third = connect();
        Timer timer = Timer.open(clientLoop());
        timer.start(Duration.ZERO, () -> closeHere(first.client()));
        clientLoop().execute(() -> closeHere(second.client()));
        timer.onClosed(() -> closeHere(third.client()));
        until("two closed", () -> journal.count("closed") == 2);
        timer.close();
        until("all closed", () -> journal.count("closed") == 3);
    }

    @Test
    @Needs(Transport.Ability.CONNECT)
    void theServerInItsConnectionHandlerAndItsErrorHandler() throws IOException {
        Transport.Listener[] listener = new Transport.Listener[1];
        listener[0] =
                listen(
                        stream -> {
                            journal.add("connection");
                            listener[0].handle().close();
                        });
        for (int i = 0; i < 5; i++) {
            Transport.Connecting attempt = connectTo(listener[0]);
            attempt.connected()
                    .whenComplete(
                            (connected, failure) -> {
                                if (failure != null) {
                                    attempt.stream().close();
                                }
                            });
        }
        until("closed", listener[0].handle()::isClosed);
        settle();
        journal.assertIs("connection");
    }
}
