// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate, those that vouch for it, and the key that proves it. */
record Identity(List<X509Certificate> chain, PrivateKey key, List<String> names) {
    /** Where one comes from, so that it can be read again. */
    interface Source {
        Identity read() throws IoException;
    }

    static Identity ofFiles(Path chain, Path key, char @Nullable [] password) throws IoException {
        List<X509Certificate> certificates = PemFiles.certificates(chain);
        PrivateKey secret = PemFiles.key(key, password);
        try {
            if (!belongTogether(certificates.get(0).getPublicKey(), secret)) {
                throw PemFiles.refused(
                        key, "the key is not that of the first certificate in " + chain, null);
            }
            return of(certificates, secret);
        } catch (GeneralSecurityException unusable) {
            throw PemFiles.refused(
                    key, "the key cannot be used with the certificate in " + chain, unusable);
        }
    }

    static Identity of(List<X509Certificate> chain, PrivateKey key)
            throws CertificateParsingException {
        return new Identity(chain, key, SniNames.of(chain.get(0)));
    }

    static boolean belongTogether(PublicKey open, PrivateKey secret)
            throws GeneralSecurityException {
        if (open instanceof RSAKey one && secret instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        String scheme =
                switch (open.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> open.getAlgorithm();
                };
        if (open.getAlgorithm().equals("EC") != secret.getAlgorithm().equals("EC")) {
            return false;
        }
        byte[] text = {1, 2, 3};
        Signature signature = Signature.getInstance(scheme);
        signature.initSign(secret);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(text);
        return signature.verify(signed);
    }

    boolean isFor(String host) {
        return names.stream().anyMatch(name -> SniNames.matches(name, host));
    }

    /** Whether a handshake that goes by keys of that kind can use it. */
    boolean hasKeyOf(String kind) {
        String own = key.getAlgorithm();
        return kind.equals(own)
                || (kind.equals("EdDSA") && own.startsWith("Ed"))
                || (kind.equals("RSASSA-PSS") && own.equals("RSASSA-PSS"))
                || kind.startsWith(own + "_");
    }

    /** The identity itself is no secret, but what prints it need not go on about it. */
    @Override
    public String toString() {
        return "Identity" + names;
    }
}
