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
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
