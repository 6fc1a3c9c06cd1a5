// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A judge that is not told of the connection, and so knows no host: after its yes the JDK compares
 * the certificate with the host, as it does when the engine is its own. The JDK has no method for
 * that alone, but a trust manager that believes this one certificate has nothing else to look at.
 */
final class PlainTrust extends X509ExtendedTrustManager {
    private final X509TrustManager judge;

    PlainTrust(X509TrustManager judge) {
        this.judge = judge;
    }

    private static boolean hostCounts(SSLParameters parameters) {
        String algorithm = parameters.getEndpointIdentificationAlgorithm();
        return algorithm != null && !algorithm.isEmpty();
    }

    private static X509ExtendedTrustManager believing(X509Certificate certificate)
            throws CertificateException {
        try {
            PKIXBuilderParameters parameters =
                    new PKIXBuilderParameters(Set.of(new TrustAnchor(certificate, null)), null);
            parameters.setRevocationEnabled(false);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException impossible) {
            throw new CertificateException("the host cannot be verified", impossible);
        }
    }

    private static X509Certificate[] own(X509Certificate[] chain) {
        return new X509Certificate[] {chain[0]};
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange, SSLEngine engine)
            throws CertificateException {
        judge.checkClientTrusted(chain, exchange);
        if (hostCounts(engine.getSSLParameters())) {
            believing(chain[0]).checkClientTrusted(own(chain), exchange, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange, SSLEngine engine)
            throws CertificateException {
        judge.checkServerTrusted(chain, exchange);
        if (hostCounts(engine.getSSLParameters())) {
            believing(chain[0]).checkServerTrusted(own(chain), exchange, engine);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(chain, exchange);
        if (socket instanceof SSLSocket secure && hostCounts(secure.getSSLParameters())) {
            believing(chain[0]).checkClientTrusted(own(chain), exchange, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange, Socket socket)
            throws CertificateException {
        judge.checkServerTrusted(chain, exchange);
        if (socket instanceof SSLSocket secure && hostCounts(secure.getSSLParameters())) {
            believing(chain[0]).checkServerTrusted(own(chain), exchange, socket);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String exchange)
            throws CertificateException {
        judge.checkClientTrusted(chain, exchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String exchange)
            throws CertificateException {
        judge.checkServerTrusted(chain, exchange);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
