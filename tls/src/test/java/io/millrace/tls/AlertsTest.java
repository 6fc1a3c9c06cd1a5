// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that end a handshake by an alert, of each kind there is, or that show what is no chain. */
class AlertsTest {
    /** RFC 8446, 6, and those of earlier versions that may still come. */
    private static final int[] KINDS = {
        0, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 86,
        90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 120, 255
    };

    private static final List<ErrorCode> REASONS =
            List.of(ErrorCode.EPROTO, ErrorCode.ECONNABORTED);

    @ParameterizedTest
    @CsvSource({"jdk,1", "jdk,2", "conscrypt,1", "conscrypt,2"})
    void anAlertOfAnyKindIsTheHandshakesFailure(String engine, int level) throws IOException {
        TlsContext context = TestContexts.client(engine).tasksInline(true).build();
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            int[] kind = new int[1];
            TcpServer refusing =
                    TcpServer.listen(
                            rig.loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            stream ->
                                    stream.read(
                                            (from, chunk) -> {
                                                byte[] alert = {
                                                    21, 3, 3, 0, 2, (byte) level, (byte) kind[0]
                                                };
                                                from.write(alert, 0, alert.length);
                                                from.closeWhenWritten();
                                            }));
            for (int each : KINDS) {
                kind[0] = each;
                TcpStream below = TcpStream.open(rig.loop);
                below.connect(refusing.localAddress());
                TlsStream client = TlsStream.client(below, context, "localhost", 443);
                List<Object> outcomes = new ArrayList<>();
                client.handshake()
                        .whenComplete(
                                (done, failure) -> outcomes.add(done == null ? failure : done));
                rig.until(() -> !outcomes.isEmpty());
                IoException failure = (IoException) outcomes.get(0);
                assertTrue(REASONS.contains(failure.errorCode()), "alert " + each + ": " + failure);
                assertFalse(client.isClosed(), "alert " + each);
                client.close();
                rig.until(client::isClosed);
                assertEquals(1, outcomes.size());
            }
            refusing.close();
        }
    }

    /** A ServerHello of TLS 1.2, a Certificate message with nothing in it, a ServerHelloDone. */
    private static byte[] helloWithEmptyChain() {
        ByteBuffer made = ByteBuffer.allocate(256).put(new byte[5]);
        made.put((byte) 2).put(new byte[3]);
        made.putShort((short) 0x0303).put(new byte[32]);
        // No session; ECDHE_ECDSA with AES_128_GCM; no compression.
        made.put((byte) 0).putShort((short) 0xc02b).put((byte) 0);
        // Extended master secret, and that renegotiation is understood.
        made.putShort((short) 9).putInt(0x00170000).putInt(0xff010001).put((byte) 0);
        made.putShort(7, (short) (made.position() - 9));
        made.putInt(0x0b000003).put(new byte[3]);
        made.putInt(0x0e000000);
        made.put(0, (byte) 22).putShort(1, (short) 0x0303);
        made.putShort(3, (short) (made.position() - 5));
        return Arrays.copyOf(made.array(), made.position());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void anEmptyChainOfTls12IsRefusedAndTheServerIsTold(String engine) throws IOException {
        TlsContext context =
                TestContexts.client(engine).protocols("TLSv1.2").tasksInline(true).build();
        byte[] bytes = helloWithEmptyChain();
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            TlsRig.Received answer = new TlsRig.Received();
            TcpServer nobody =
                    TcpServer.listen(
                            rig.loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            stream -> {
                                stream.write(bytes, 0, bytes.length);
                                stream.read(answer);
                            });
            TcpStream below = TcpStream.open(rig.loop);
            below.connect(nobody.localAddress());
            TlsStream client = TlsStream.client(below, context, "localhost", 443);
            List<Object> outcomes = new ArrayList<>();
            client.handshake()
                    .whenComplete((done, failure) -> outcomes.add(done == null ? failure : done));
            rig.until(() -> !outcomes.isEmpty());
            assertEquals(ErrorCode.EPROTO, ((IoException) outcomes.get(0)).errorCode());
            client.close();
            rig.until(() -> client.isClosed() && answer.ended);
            byte[] said = answer.array();
            assertEquals(21, said[said.length - 7], "an alert comes last");
            assertEquals(2, said[said.length - 2], "a fatal one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void anEmptyChainOfTls13IsRefusedAndTheServerIsTold(String engine) throws IOException {
        TlsContext context =
                TestContexts.client(engine).protocols("TLSv1.3").tasksInline(true).build();
        EmptyChainServer peer = new EmptyChainServer();
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            TcpServer nobody =
                    TcpServer.listen(
                            rig.loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            stream -> stream.read(peer));
            TcpStream below = TcpStream.open(rig.loop);
            below.connect(nobody.localAddress());
            TlsStream client = TlsStream.client(below, context, "localhost", 443);
            List<Object> outcomes = new ArrayList<>();
            client.handshake()
                    .whenComplete((done, failure) -> outcomes.add(done == null ? failure : done));
            rig.until(() -> !outcomes.isEmpty() && peer.alert != null);
            assertEquals(ErrorCode.EPROTO, ((IoException) outcomes.get(0)).errorCode());
            assertEquals(2, peer.alert[0], "a fatal one");
            client.close();
            rig.until(client::isClosed);
        }
    }

    /** The other end is told by an alert, and both ends say why. */
    @Test
    void aServerWithoutACertificateIsRefused() throws Exception {
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        TlsContext nobody = TlsContext.builder().identities(empty, new char[0]).build();
        try (TlsRig rig = TlsRig.on(nobody)) {
            IoException failure = rig.shake(TestContexts.client("jdk").build(), "localhost");
            assertNotNull(failure);
            assertEquals(ErrorCode.EPROTO, failure.errorCode());
            assertEquals(ErrorCode.EPROTO, rig.refused.get(0).errorCode());
        }
    }

    @Test
    void endsWithNoApplicationProtocolInCommonDoNotMeet() throws IOException {
        TlsContext server = TestContexts.server("jdk").applicationProtocols("h2").build();
        TlsContext client = TestContexts.client("jdk").applicationProtocols("http/1.1").build();
        try (TlsRig rig = TlsRig.on(server)) {
            IoException failure = rig.shake(client, "localhost");
            assertNotNull(failure);
            assertEquals(ErrorCode.EPROTO, failure.errorCode());
            assertEquals(ErrorCode.EPROTO, rig.refused.get(0).errorCode());
        }
    }
}
