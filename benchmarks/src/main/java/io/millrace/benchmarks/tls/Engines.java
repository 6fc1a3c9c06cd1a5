// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import io.millrace.tls.TlsContext;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;

/** Whose engines compute, at the servers and at the load. */
public final class Engines {
    public static final String JDK = "jdk";
    public static final String CONSCRYPT = "conscrypt";

    /** For ever: a handshake stands still while others warm up and have their turns. */
    static final Duration HANDSHAKE_TIME = Duration.ZERO;

    /** More than there are lines of sessions to resume; others are forgotten soon. */
    private static final int KEPT_SESSIONS = 1000;

    private Engines() {}

    private static TlsContext.Builder builder(String engine) {
        TlsContext.Builder builder =
                TlsContext.builder()
                        .protocols("TLSv1.3")
                        .applicationProtocols(TlsKind.PROTOCOL)
                        .tasksInline(true);
        // The load decides; Conscrypt finds no certificate without a suite of TLS 1.2.
        return engine.equals(CONSCRYPT)
                ? builder.provider(Conscrypt.newProvider())
                : builder.cipherSuites("TLS_AES_128_GCM_SHA256");
    }

    /** Conscrypt's servers resume nothing else in TLS 1.3. */
    static void useTickets(SSLEngine engine) {
        if (Conscrypt.isConscrypt(engine)) {
            Conscrypt.setUseSessionTickets(engine, true);
        }
    }

    /**
     * For a server, whose certificate is made now.
     *
     * @param tickets whether sessions are to be resumed
     */
    public static TlsContext server(String engine, boolean tickets) throws IOException {
        TlsContext.Builder builder =
                builder(engine).selfSigned("localhost").handshakeTimeout(HANDSHAKE_TIME);
        return tickets ? builder.eachEngine(Engines::useTickets).build() : builder.build();
    }

    /** For the load: the JDK's, whatever the server has. */
    public static TlsContext load() throws IOException {
        return builder(JDK).trustManager(new Anyone()).sessionCacheSize(KEPT_SESSIONS).build();
    }

    /** For a client of this kind, of whom no session is kept for long. */
    static TlsContext client(String engine) throws IOException {
        return builder(engine).trustManager(new Anyone()).sessionCacheSize(1).build();
    }

    /** The certificate was made for this run. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String exchange) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String exchange) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
