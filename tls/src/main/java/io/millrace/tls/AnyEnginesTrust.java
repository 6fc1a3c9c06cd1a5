// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's judgement for another provider's engine. TLS 1.3 does not tie keys to an exchange any
 * more: the JDK calls that exchange UNKNOWN and refuses what it does not know, and Conscrypt calls
 * it GENERIC.
 */
final class AnyEnginesTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;

    AnyEnginesTrust(X509ExtendedTrustManager judge) {
        this.judge = judge;
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
        judge.checkServerTrusted(chain, known(exchange));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
