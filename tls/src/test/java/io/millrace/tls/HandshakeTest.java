// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed, what is agreed on, and how a handshake that fails is told at both ends. */
class HandshakeTest {
    private static TlsContext.Builder server() {
        return TestContexts.server("jdk");
    }

    private static TlsContext.Builder client() throws IoException {
        return TestContexts.client("jdk");
    }

    private static void assertRefused(String hint, IoException failure) {
        assertNotNull(failure);
        assertEquals(ErrorCode.EPROTO, failure.errorCode());
        assertTrue(failure.getMessage().contains(hint), failure::getMessage);
        assertTrue(failure.getMessage().startsWith("handshake "), failure::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateOfAnAuthorityThatIsTrustedIsBelieved(String protocol) throws IOException {
        try (TlsRig rig = TlsRig.on(server().protocols(protocol).build())) {
            assertNull(rig.shake(client().build(), "localhost"));
            assertEquals(protocol, rig.last.session().getProtocol());
            assertEquals(TestContexts.SERVER.chain().get(0), rig.last.peerCertificates().get(0));
            assertEquals("localhost", rig.accepted.get(0).serverName());
            assertEquals(List.of(), rig.accepted.get(0).peerCertificates());
        }
    }

    @Test
    void nobodyVouchesForASelfSignedCertificate() throws IOException {
        TlsContext own = TlsContext.builder().selfSigned("localhost").build();
        try (TlsRig rig = TlsRig.on(own)) {
            assertRefused("PKIX", rig.shake(client().build(), "localhost"));
            assertRefused("alert", rig.refused.get(0));
        }
    }

    @Test
    void aCertificateOfAnotherHostIsRefusedUnlessThatIsAskedFor() throws IOException {
        try (TlsRig rig = TlsRig.on(server().build())) {
            assertRefused("other.test", rig.shake(client().build(), "other.test"));
            assertNull(rig.shake(client().verifyHost(false).build(), "other.test"));
        }
    }

    @Test
    void aCertificateThatHasExpiredIsRefused() throws IOException {
        Identity old =
                new CertificateMaker("old", List.of("localhost"))
                        .valid(Instant.EPOCH, Instant.EPOCH.plusSeconds(1))
                        .make(TestContexts.AUTHORITY);
        TlsContext expired = TlsContext.builder().identity(old.key(), old.chain()).build();
        try (TlsRig rig = TlsRig.on(expired)) {
            assertRefused("NotAfter", rig.shake(client().build(), "localhost"));
        }
    }

    @Test
    void aServerShowsWhoIsAskedForAndElseTheFirst() throws IOException {
        Identity other =
                new CertificateMaker("other", List.of("*.other.test")).make(TestContexts.AUTHORITY);
        TlsContext both = server().identity(other.key(), other.chain()).build();
        try (TlsRig rig = TlsRig.on(both)) {
            assertNull(rig.shake(client().build(), "a.other.test"));
            assertEquals(other.chain().get(0), rig.last.peerCertificates().get(0));
            assertNull(rig.shake(client().verifyHost(false).build(), "unknown.test"));
            X509Certificate first = TestContexts.SERVER.chain().get(0);
            assertEquals(first, rig.last.peerCertificates().get(0));
        }
    }

    @Test
    void theFirstProtocolThatBothKnowIsSpoken() throws IOException {
        TlsContext two = server().applicationProtocols("h2", "http/1.1").build();
        try (TlsRig rig = TlsRig.on(two)) {
            assertNull(
                    rig.shake(client().applicationProtocols("http/1.1", "x").build(), "localhost"));
            assertEquals("http/1.1", rig.last.applicationProtocol());
            assertEquals("http/1.1", rig.accepted.get(0).applicationProtocol());
            assertNull(rig.shake(client().build(), "localhost"));
            assertNull(rig.last.applicationProtocol());
            assertRefused(
                    "application_protocol",
                    rig.shake(client().applicationProtocols("x").build(), "localhost"));
        }
    }

    @Test
    void aServerThatNeedsACertificateServesNobodyWithout() throws IOException {
        TlsContext strict =
                server().clientCertificates(ClientCertificates.NEEDED)
                        .trust(List.of(TestContexts.AUTHORITY.chain().get(0)))
                        .build();
        Identity own = TestContexts.CLIENT;
        try (TlsRig rig = TlsRig.on(strict)) {
            TlsContext known = client().identity(own.key(), own.chain()).build();
            assertNull(rig.shake(known, "localhost"));
            assertEquals(own.chain().get(0), rig.accepted.get(0).peerCertificates().get(0));
            TlsRig.Received received = new TlsRig.Received();
            // In TLS 1.3 a client is done before the server has looked at its certificate.
            rig.shake(client().build(), "localhost");
            rig.last.read(received);
            rig.until(() -> received.failure != null);
            assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
            assertTrue(
                    received.failure.getMessage().contains("certificate"),
                    received.failure::getMessage);
            assertEquals(1, rig.accepted.size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdk,jdk,TLSv1.3",
        "jdk,jdk,TLSv1.2",
        "jdk,conscrypt,TLSv1.3",
        "jdk,conscrypt,TLSv1.2",
        "conscrypt,jdk,TLSv1.3",
        "conscrypt,jdk,TLSv1.2",
        "conscrypt,conscrypt,TLSv1.3",
        "conscrypt,conscrypt,TLSv1.2"
    })
    void aSecondConnectionResumesTheFirst(String theirs, String ours, String protocol)
            throws IOException {
        TlsContext again = TestContexts.resuming(TestContexts.client(theirs)).build();
        TlsContext server =
                TestContexts.resuming(TestContexts.server(ours)).protocols(protocol).build();
        try (TlsRig rig = TlsRig.on(server)) {
            assertNull(rig.shake(again, "localhost"));
            TlsRig.Received received = new TlsRig.Received();
            rig.last.read(received);
            TlsRig.write(rig.accepted.get(0), "so that the ticket has come");
            rig.until(() -> received.count() > 0);
            long made = rig.last.session().getCreationTime();
            assertNull(rig.shake(again, "localhost"));
            assertEquals(made, rig.last.session().getCreationTime());
        }
    }

    /**
     * Its first record of data comes with the tickets in front, which is more than its session says
     * that a packet has: a buffer of that size would never do.
     */
    @Test
    void ticketsInFrontOfAFullRecordFitAsWell() throws IOException {
        TlsContext server = TestContexts.resuming(TestContexts.server("conscrypt")).build();
        try (TlsRig rig = TlsRig.on(server)) {
            TlsRig.Received received = new TlsRig.Received();
            rig.onConnection = stream -> stream.write(new byte[1 << 16], 0, 1 << 16);
            assertNull(rig.shake(client().build(), "localhost"));
            rig.last.read(received);
            rig.until(() -> received.count() == 1 << 16);
        }
    }

    @Test
    void endsWithoutAProtocolInCommonDoNotMeet() throws IOException {
        try (TlsRig rig = TlsRig.on(server().protocols("TLSv1.3").build())) {
            assertRefused("", rig.shake(client().protocols("TLSv1.2").build(), "localhost"));
            assertRefused("", rig.refused.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "SSH-2.0-x\r\n",
                "\u0016\u0003\u0001\u00ff\u00ff",
                "\u0080\u002e\u0001"
            })
    void whatIsNoTlsIsToldAsThatAndConcernsNobodyElse(String bytes) throws IOException {
        try (TlsRig rig = TlsRig.on(server().build())) {
            TcpStream plain = rig.plain();
            TlsRig.write(plain, bytes);
            rig.until(() -> rig.refused.size() == 1);
            assertRefused("no TLS", rig.refused.get(0));
            assertNull(rig.shake(client().build(), "localhost"));
        }
    }

    @Test
    void aPeerThatSaysNothingIsNotWaitedForForEver() throws IOException {
        TlsContext hasty = server().handshakeTimeout(Duration.ofMillis(30)).build();
        try (TlsRig rig = TlsRig.on(hasty)) {
            TcpStream silent = rig.plain();
            TlsRig.Received received = new TlsRig.Received();
            silent.read(received);
            rig.until(() -> rig.refused.size() == 1 && received.ended);
            assertEquals(ErrorCode.ETIMEDOUT, rig.refused.get(0).errorCode());
            assertEquals(0, rig.server.handshakes());
        }
    }

    @Test
    void aPeerThatLeavesInTheMiddleIsAFailureOfThatHandshake() throws IOException {
        try (TlsRig rig = TlsRig.on(server().build())) {
            TcpStream plain = rig.plain();
            TlsRig.write(plain, "\u0016\u0003\u0001");
            plain.closeWhenWritten();
            rig.until(() -> rig.refused.size() == 1);
            assertEquals(ErrorCode.ECONNABORTED, rig.refused.get(0).errorCode());
        }
    }

    @Test
    void noMoreHandshakesAreUnderWayThanMayBe() throws IOException {
        try (TlsRig rig = new TlsRig("nio", server().build(), 3)) {
            List<TcpStream> silent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                silent.add(rig.plain());
            }
            rig.until(() -> rig.server.handshakes() == 3);
            List<Object> done = new ArrayList<>();
            TlsStream client =
                    TlsStream.client(
                            rig.plain(), client().build(), "localhost", rig.address().getPort());
            client.handshake().whenComplete((stream, failure) -> done.add(client));
            for (int i = 0; i < 50; i++) {
                rig.loop.run(io.millrace.RunMode.NOWAIT);
            }
            assertEquals(3, rig.server.handshakes());
            assertTrue(done.isEmpty());
            silent.forEach(ByteStream::close);
            rig.until(() -> done.size() == 1 && rig.accepted.size() == 1);
        }
    }

    @Test
    void aConnectionThatCannotBeMadeIsTheHandshakesFailure() throws IOException {
        try (TlsRig rig = TlsRig.on(server().build())) {
            InetSocketAddress nobody;
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            TcpServer gone = TcpServer.listen(rig.loop, any, connection -> {});
            nobody = (InetSocketAddress) gone.localAddress();
            gone.close();
            rig.until(gone::isClosed);
            List<Throwable> told = new ArrayList<>();
            TlsStream.connect(rig.loop, nobody, client().build(), "localhost", 443)
                    .whenComplete((stream, failure) -> told.add(failure));
            rig.until(() -> !told.isEmpty());
            assertEquals(ErrorCode.ECONNREFUSED, ((IoException) told.get(0)).errorCode());
            List<Object> open = new ArrayList<>();
            TlsStream.connect(rig.loop, rig.address(), client().build(), "localhost", 443)
                    .thenAccept(open::add);
            rig.until(() -> open.size() == 1 && rig.accepted.size() == 1);
        }
    }

    @Test
    void theDefaultsOfferNothingWeak() throws IOException {
        TlsContext context = TlsContext.client();
        assertEquals(List.of("TLSv1.3", "TLSv1.2"), context.protocols());
        assertFalse(context.cipherSuites().isEmpty());
        for (String each : context.cipherSuites()) {
            boolean strong = each.contains("_GCM_") || each.contains("CHACHA20");
            boolean forward = each.startsWith("TLS_ECDHE_") || !each.contains("_WITH_");
            assertTrue(strong && forward, each);
        }
    }
}
