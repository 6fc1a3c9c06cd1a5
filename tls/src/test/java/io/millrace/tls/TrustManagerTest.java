// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller's own trust manager: what it is asked, and that the host is verified whoever asks. */
class TrustManagerTest {
    private static final X509Certificate AUTHORITY = TestContexts.AUTHORITY.chain().get(0);

    private static KeyStore trusted() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("authority", AUTHORITY);
        return store;
    }

    private static X509ExtendedTrustManager judge() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted());
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    /** Knows whom the authority vouches for, and nothing of hosts. */
    private static final class Plain implements X509TrustManager {
        final List<String> exchanges = new ArrayList<>();
        private final X509TrustManager judge;

        Plain(X509TrustManager judge) {
            this.judge = judge;
        }

        @Override
        public synchronized void checkClientTrusted(X509Certificate[] chain, String exchange)
                throws CertificateException {
            exchanges.add(exchange);
            judge.checkClientTrusted(chain, exchange);
        }

        @Override
        public synchronized void checkServerTrusted(X509Certificate[] chain, String exchange)
                throws CertificateException {
            exchanges.add(exchange);
            judge.checkServerTrusted(chain, exchange);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return judge.getAcceptedIssuers();
        }
    }

    private static void assertRefused(String hint, IoException failure) {
        assertNotNull(failure, "it was believed");
        assertEquals(ErrorCode.EPROTO, failure.errorCode());
        assertTrue(failure.getMessage().contains(hint), failure::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void theHostIsVerifiedThoughAPlainManagerCannot(String engine, String protocol)
            throws Exception {
        TlsContext server = TestContexts.server("jdk").protocols(protocol).build();
        Plain plain = new Plain(judge());
        TlsContext.Builder client = TestContexts.builder(engine).trustManager(plain);
        try (TlsRig rig = TlsRig.on(server)) {
            assertRefused("other.test", rig.shake(client.build(), "other.test"));
            assertRefused("127.0.0.2", rig.shake(client.build(), "127.0.0.2"));
            assertNull(rig.shake(client.build(), "server.test"));
            assertNull(rig.shake(client.build(), "127.0.0.1"));
            assertNull(rig.shake(client.verifyHost(false).build(), "other.test"));
            assertEquals(5, plain.exchanges.size());
            assertFalse(plain.exchanges.contains("GENERIC"), plain.exchanges::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void aPlainManagersNoIsTheHandshakesEnd(String engine) throws Exception {
        TlsContext own = TlsContext.builder().selfSigned("localhost").build();
        TlsContext.Builder client = TestContexts.builder(engine).trustManager(new Plain(judge()));
        try (TlsRig rig = TlsRig.on(own)) {
            assertRefused("PKIX", rig.shake(client.build(), "localhost"));
            assertRefused("PKIX", rig.shake(client.verifyHost(false).build(), "localhost"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void aServersPlainManagerJudgesClients(String engine) throws Exception {
        Plain plain = new Plain(judge());
        TlsContext server =
                TestContexts.server(engine)
                        .clientCertificates(ClientCertificates.NEEDED)
                        .trustManager(plain)
                        .build();
        Identity own = TestContexts.CLIENT;
        TlsContext client = TestContexts.client("jdk").identity(own.key(), own.chain()).build();
        try (TlsRig rig = TlsRig.on(server)) {
            assertNull(rig.shake(client, "localhost"));
            rig.until(() -> rig.accepted.size() == 1);
            assertEquals(1, plain.exchanges.size());
        }
    }

    /** The JDK takes the first provider that has TLS, which need not be its own. */
    @Test
    void aProviderThatStandsFirstIsNoneOfTheJdks() throws Exception {
        Assumptions.assumeTrue(Conscrypt.isAvailable(), "Conscrypt does not load here");
        TlsContext server = TestContexts.server("jdk").build();
        String name = "ConscryptFirst";
        TlsContext client;
        TlsContext byJdk;
        Security.insertProviderAt(Conscrypt.newProviderBuilder().setName(name).build(), 1);
        try {
            client = TlsContext.builder().trustManager(new Plain(judge())).build();
            byJdk = TlsContext.builder().trust(List.of(AUTHORITY)).build();
        } finally {
            Security.removeProvider(name);
        }
        assertEquals(name, client.sslContext().getProvider().getName());
        try (TlsRig rig = TlsRig.on(server)) {
            assertRefused("other.test", rig.shake(client, "other.test"));
            assertNull(rig.shake(client, "localhost"));
            assertRefused("", rig.shake(byJdk, "other.test"));
            assertNull(rig.shake(byJdk, "localhost"));
        }
    }

    /** An engine that says nothing of itself leaves nothing to verify the host by. */
    @Test
    void whoDoesNotSayWithWhichEngineIsRefusedIfTheHostCounts() throws Exception {
        X509Certificate[] chain = TestContexts.SERVER.chain().toArray(X509Certificate[]::new);
        for (X509ExtendedTrustManager each : List.of(judge(), new PlainTrust(judge()))) {
            AnyEnginesTrust strict = new AnyEnginesTrust(each, true);
            CertificateException refusal =
                    assertThrows(
                            CertificateException.class,
                            () -> strict.checkServerTrusted(chain, "GENERIC"));
            assertTrue(refusal.getMessage().contains("verifyHost(false)"), refusal::getMessage);
            assertThrows(
                    CertificateException.class,
                    () -> strict.checkServerTrusted(chain, "GENERIC", (SSLEngine) null));
            new AnyEnginesTrust(each, false).checkServerTrusted(chain, "GENERIC");
        }
    }

    private static void assertNotTogether(String hint, TlsContext.Builder builder) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, builder::build);
        assertTrue(refusal.getMessage().contains(hint), refusal::getMessage);
    }

    @Test
    void nothingThatWasAskedForIsLeftOutInSilence() throws Exception {
        SSLContext own = SSLContext.getDefault();
        Plain plain = new Plain(judge());
        String brings = "an SSLContext brings its own";
        assertNotTogether(brings, TlsContext.builder().sslContext(own).trustManager(plain));
        assertNotTogether(brings, TlsContext.builder().sslContext(own).trust(trusted()));
        assertNotTogether(brings, TlsContext.builder().sslContext(own).selfSigned("localhost"));
        assertNotTogether(brings, TlsContext.builder().sslContext(own).provider(own.getProvider()));
        assertNotTogether(
                "trust(...) or trustManager(...)",
                TlsContext.builder().trust(trusted()).trustManager(plain));
        assertNotTogether(
                "trust(...) or trustManager(...)",
                TlsContext.builder().trustManager(plain).trust(trusted()));
    }
}
