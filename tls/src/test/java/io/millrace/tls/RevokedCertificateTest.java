// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CRL;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client whose trust manager looks at a list of certificates that are no longer valid. */
class RevokedCertificateTest {
    private static final Identity AUTHORITY = TestContexts.AUTHORITY;

    /** A list by the authority with one number on it, in DER, by hand. */
    private static CRL list(BigInteger number) throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] before = CertificateMaker.time(now.minus(Duration.ofHours(1)));
        byte[] entry =
                CertificateMaker.der(
                        CertificateMaker.SEQUENCE,
                        CertificateMaker.der(CertificateMaker.INTEGER, number.toByteArray()),
                        before);
        byte[] algorithm =
                CertificateMaker.der(CertificateMaker.SEQUENCE, CertificateMaker.ECDSA_WITH_SHA256);
        byte[] body =
                CertificateMaker.der(
                        CertificateMaker.SEQUENCE,
                        CertificateMaker.der(CertificateMaker.INTEGER, new byte[] {1}),
                        algorithm,
                        AUTHORITY.chain().get(0).getSubjectX500Principal().getEncoded(),
                        before,
                        CertificateMaker.time(now.plus(Duration.ofHours(1))),
                        CertificateMaker.der(CertificateMaker.SEQUENCE, entry));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(AUTHORITY.key());
        signature.update(body);
        byte[] whole =
                CertificateMaker.der(
                        CertificateMaker.SEQUENCE,
                        body,
                        algorithm,
                        CertificateMaker.der(
                                CertificateMaker.BIT_STRING, new byte[1], signature.sign()));
        return CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(whole));
    }

    private static X509TrustManager judge(CRL list) throws GeneralSecurityException {
        PKIXBuilderParameters parameters =
                new PKIXBuilderParameters(
                        Set.of(new TrustAnchor(AUTHORITY.chain().get(0), null)),
                        new X509CertSelector());
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(
                CertStore.getInstance(
                        "Collection", new CollectionCertStoreParameters(List.of(list))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void oneThatIsOnTheListIsRefusedAndAnyOtherBelieved(String engine, String protocol)
            throws Exception {
        BigInteger number = TestContexts.SERVER.chain().get(0).getSerialNumber();
        TlsContext.Builder client = TestContexts.builder(engine).protocols(protocol);
        TlsContext server = TestContexts.server("jdk").build();
        try (TlsRig rig = TlsRig.on(server)) {
            TlsContext believing =
                    client.trustManager(judge(list(number.add(BigInteger.ONE)))).build();
            assertNull(rig.shake(believing, "localhost"));
            TlsContext knowing = client.trustManager(judge(list(number))).build();
            IoException failure = rig.shake(knowing, "localhost");
            assertNotNull(failure);
            assertEquals(ErrorCode.EPROTO, failure.errorCode());
            assertTrue(failure.getMessage().contains("revoked"), failure::getMessage);
            assertEquals(ErrorCode.EPROTO, rig.refused.get(0).errorCode());
        }
    }
}
