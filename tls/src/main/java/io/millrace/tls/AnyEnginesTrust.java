// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A judgement in the JDK's words for another provider's engine. TLS 1.3 does not tie keys to an
 * exchange any more: the JDK calls that exchange UNKNOWN and refuses what it does not know, and
 * Conscrypt calls it GENERIC.
 */
final class AnyEnginesTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;
    private final boolean verifiesHost;

    AnyEnginesTrust(X509ExtendedTrustManager judge, boolean verifiesHost) {
        this.judge = judge;
        this.verifiesHost = verifiesHost;
    }

    /** Without the engine there is no host, and nobody would compare it. */
    private void ensureHostIsKnown(@Nullable Object connection) throws CertificateException {
        if (verifiesHost && connection == null) {
            throw new CertificateException(
                    "the provider's engine does not say what it is when it asks whom to trust, so"
                            + " that the host cannot be verified: use another provider, or"
                            + " verifyHost(false)");
        }
    }

    private static String known(String exchange) {
        return exchange.equals("GENERIC") ? "UNKNOWN" : exchange;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange, SSLEngine engine)
            throws CertificateException {
        judge.checkClientTrusted(chain, known(exchange), engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange, SSLEngine engine)
            throws CertificateException {
        ensureHostIsKnown(engine);
        judge.checkServerTrusted(chain, known(exchange), engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(chain, known(exchange), socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange, Socket socket)
            throws CertificateException {
        ensureHostIsKnown(socket);
        judge.checkServerTrusted(chain, known(exchange), socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange)
            throws CertificateException {
        judge.checkClientTrusted(chain, known(exchange));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange)
            throws CertificateException {
        ensureHostIsKnown(null);
        judge.checkServerTrusted(chain, known(exchange));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
