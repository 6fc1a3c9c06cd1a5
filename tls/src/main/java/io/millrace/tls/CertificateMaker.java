// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes certificates of version 3 with a key on the curve P-256, for trying and for tests: the JDK
 * can make them with {@code keytool} only, which is another process. In DER, by hand: what is in
 * one is little.
 */
final class CertificateMaker {
    static final byte[] ECDSA_WITH_SHA256 = {
        0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };
    static final int INTEGER = 2;
    static final int BIT_STRING = 3;
    private static final int OCTET_STRING = 4;
    private static final int UTF8_STRING = 12;
    private static final int GENERALIZED_TIME = 24;
    static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};
    private static final byte[] ALTERNATIVE_NAMES = {0x06, 0x03, 0x55, 0x1d, 0x11};
    private static final byte[] BASIC_CONSTRAINTS = {0x06, 0x03, 0x55, 0x1d, 0x13};
    private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final String name;
    private final List<String> hosts;
    private boolean isAuthority;
    private Instant from = Instant.now().minus(Duration.ofDays(1));
    private Instant until = Instant.now().plus(Duration.ofDays(30));

    CertificateMaker(String name, List<String> hosts) {
        this.name = name;
        this.hosts = hosts;
    }

    static Identity selfSigned(List<String> hosts) {
        return new CertificateMaker(hosts.get(0), hosts).make(null);
    }

    /** It may vouch for others. */
    CertificateMaker authority() {
        isAuthority = true;
        return this;
    }

    CertificateMaker valid(Instant newFrom, Instant newUntil) {
        from = newFrom;
        until = newUntil;
        return this;
    }

    /**
     * Makes it, with a new key.
     *
     * @param issuer who vouches for it; null if it does so itself
     */
    Identity make(@Nullable Identity issuer) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            PrivateKey signer = issuer == null ? pair.getPrivate() : issuer.key();
            byte[] own = named(name);
            byte[] issuerName =
                    issuer == null
                            ? own
                            : issuer.chain().get(0).getSubjectX500Principal().getEncoded();
            byte[] body = body(issuerName, own, pair.getPublic().getEncoded());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signer);
            signature.update(body);
            byte[] whole =
                    der(
                            SEQUENCE,
                            body,
                            der(SEQUENCE, ECDSA_WITH_SHA256),
                            der(BIT_STRING, new byte[1], signature.sign()));
            X509Certificate made =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(whole));
            List<X509Certificate> chain = new ArrayList<>(List.of(made));
            if (issuer != null) {
                chain.addAll(issuer.chain());
            }
            return Identity.of(chain, pair.getPrivate());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK makes no keys on P-256", impossible);
        }
    }

    private byte[] body(byte[] issuer, byte[] subject, byte[] key) {
        return der(
                SEQUENCE,
                der(0xa0, der(INTEGER, new byte[] {2})),
                der(
                        INTEGER,
                        new BigInteger(64, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
                der(SEQUENCE, ECDSA_WITH_SHA256),
                issuer,
                der(SEQUENCE, time(from), time(until)),
                subject,
                key,
                der(0xa3, der(SEQUENCE, alternatives(), constraints())));
    }

    static byte[] time(Instant time) {
        return der(GENERALIZED_TIME, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] named(String name) {
        byte[] text = der(UTF8_STRING, name.getBytes(StandardCharsets.UTF_8));
        return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, text)));
    }

    private byte[] alternatives() {
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) {
            boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
            names.add(
                    isAddress
                            ? der(0x87, address(host))
                            : der(0x82, host.getBytes(StandardCharsets.US_ASCII)));
        }
        byte[] all = der(SEQUENCE, names.toArray(byte[][]::new));
        return der(SEQUENCE, ALTERNATIVE_NAMES, der(OCTET_STRING, all));
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException none) {
            throw new IllegalArgumentException("not an address: " + literal, none);
        }
    }

    private byte[] constraints() {
        byte[] content = isAuthority ? der(SEQUENCE, TRUE) : der(SEQUENCE);
        return der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTET_STRING, content));
    }

    static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        made.write(tag);
        if (length >= 0x80) {
            byte[] digits = BigInteger.valueOf(length).toByteArray();
            int first = digits[0] == 0 ? 1 : 0;
            made.write(0x80 | (digits.length - first));
            made.write(digits, first, digits.length - first);
        } else {
            made.write(length);
        }
        for (byte[] part : parts) {
            made.writeBytes(part);
        }
        return made.toByteArray();
    }
}
