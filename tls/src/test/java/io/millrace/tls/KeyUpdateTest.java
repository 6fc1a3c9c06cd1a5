// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers of TLS 1.3 that want new keys again and again: each takes them little, and us much. */
class KeyUpdateTest {
    private static final int MANY = 33;

    /** Its answers are 27 bytes, of which 256 KiB may wait. */
    private static final int MOST_OWED = 20_000;

    private final SimWorld world = new SimWorld(7, FaultProfile.NONE);
    private final List<Throwable> uncaught = new ArrayList<>();
    private final TlsRig.Received received = new TlsRig.Received();
    private final List<TlsStream> accepted = new ArrayList<>();
    private final EventLoop loop;
    private RawClient client;
    private TcpStream below;

    KeyUpdateTest() throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, SimBackend.Boundary.COMPLETION))
                                .clock(world::nanoTime)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
    }

    private void connect(String engine) throws IOException {
        connect(engine, "TLSv1.3");
    }

    private void connect(String engine, String protocol) throws IOException {
        TlsServer server =
                TlsServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TestContexts.server(engine).tasksInline(true).build(),
                        stream -> {
                            accepted.add(stream);
                            stream.read(received);
                        });
        below = TcpStream.open(loop);
        below.connect(server.localAddress());
        client = new RawClient(below, TestContexts.client("jdk").protocols(protocol).build());
        while (!client.isShaken || accepted.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        turn();
    }

    private void turn() throws IOException {
        for (int i = 0; i < 100; i++) {
            loop.run(RunMode.NOWAIT);
        }
        assertEquals(List.of(), uncaught);
    }

    private void end() throws IOException {
        loop.closeAll();
        assertEquals(0, world.openSockets());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void asManyAsAnybodyNeedsAreAnswered(String engine) throws IOException {
        connect(engine);
        for (int round = 0; round < 3; round++) {
            for (int i = 1; i < MANY; i++) {
                client.updateKeys();
                turn();
            }
            client.say(new byte[10]);
            turn();
            TlsRig.write(accepted.get(0), "ten bytes.");
            turn();
        }
        assertNull(received.failure);
        assertEquals(30, received.count());
        assertEquals(30, client.received);
        end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void aStreamOfNothingElseIsAFailure(String engine) throws IOException {
        connect(engine);
        for (int i = 0; i < MANY && received.failure == null; i++) {
            client.updateKeys();
            turn();
        }
        assertTrue(received.failure != null, "they have no end");
        assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
        turn();
        assertTrue(client.isTold, "the peer was not told");
        assertTrue(client.alert.contains("unexpected_message"), client.alert);
        end();
    }

    /** What stands for new keys in TLS 1.2. */
    @ParameterizedTest
    @CsvSource({"jdk,unexpected_message", "conscrypt,no_renegotiation"})
    void whoWantsToRenegotiateIsRefusedAndTold(String engine, String alert) throws IOException {
        connect(engine, "TLSv1.2");
        client.updateKeys();
        turn();
        assertTrue(received.failure != null, "it is negotiated");
        assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
        turn();
        assertTrue(client.isTold, "the peer was not told");
        assertTrue(client.alert.contains(alert), client.alert);
        end();
    }

    /**
     * With a byte of data after each there is no silence; but the answers of the JDK's engine pile
     * up. Conscrypt's owes no more than one.
     */
    @Test
    void whoDoesNotReadTheAnswersIsNotOwedAnyNumberOfThem() throws IOException {
        connect("jdk");
        below.pauseReading();
        int wanted = 0;
        long most = 0;
        while (received.failure == null && wanted < MOST_OWED) {
            client.updateKeys();
            client.say(new byte[1]);
            wanted++;
            loop.run(RunMode.NOWAIT);
            most = Math.max(most, accepted.get(0).below().writeQueueSize());
        }
        assertTrue(received.failure != null, wanted + " answers, and " + most + " bytes wait");
        assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
        assertTrue(most <= (1 << 18) + 1_000, most + " bytes waited");
        end();
    }
}
