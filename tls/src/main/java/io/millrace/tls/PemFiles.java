// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys in PEM. What is wrong is said with the file. */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
    private static final String CONVERT =
            "; convert it with: openssl pkcs8 -topk8 -nodes -in OLD -out NEW";

    private PemFiles() {}

    /** All certificates of a file, of which there is one at least. */
    static List<X509Certificate> certificates(Path file) throws IoException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher block = BLOCK.matcher(text(file));
            while (block.find()) {
                if (block.group(1).endsWith("CERTIFICATE")) {
                    byte[] content = content(block, file);
                    found.add(
                            (X509Certificate)
                                    factory.generateCertificate(new ByteArrayInputStream(content)));
                }
            }
        } catch (CertificateException broken) {
            throw refused(file, "a certificate in it cannot be read", broken);
        }
        if (found.isEmpty()) {
            throw refused(file, "there is no certificate in it", null);
        }
        return found;
    }

    /**
     * The private key of a file.
     *
     * @param password null if it is not encrypted
     */
    static PrivateKey key(Path file, char @Nullable [] password) throws IoException {
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return key(new PKCS8EncodedKeySpec(content(block, file)), file);
            }
            if (kind.equals("ENCRYPTED PRIVATE KEY")) {
                return key(decrypted(content(block, file), password, file), file);
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw refused(file, "the key is a " + kind + " and not PKCS#8" + CONVERT, null);
            }
        }
        throw refused(file, "there is no private key in it", null);
    }

    private static PrivateKey key(PKCS8EncodedKeySpec content, Path file) throws IoException {
        Exception reason = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(content);
            } catch (InvalidKeySpecException another) {
                reason = another;
            } catch (GeneralSecurityException unknown) {
                reason = reason == null ? unknown : reason;
            }
        }
        throw refused(file, "its key is of none of the kinds " + ALGORITHMS, reason);
    }

    private static PKCS8EncodedKeySpec decrypted(
            byte[] content, char @Nullable [] password, Path file) throws IoException {
        if (password == null) {
            throw refused(file, "its key is encrypted, and no password was given", null);
        }
        PBEKeySpec secret = new PBEKeySpec(password);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content);
            // The scheme is a parameter of PBES2, and that is how its parameters print.
            String scheme =
                    info.getAlgName().startsWith("PBEWith")
                            ? info.getAlgName()
                            : String.valueOf(info.getAlgParameters());
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(secret),
                    info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (GeneralSecurityException | IOException wrong) {
            throw refused(file, "its key cannot be decrypted with the password", wrong);
        } finally {
            secret.clearPassword();
        }
    }

    private static String text(Path file) throws IoException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw Failures.ofFile(FileErrors.codeOf(unreadable), "read", file, 0, unreadable);
        }
    }

    private static byte[] content(Matcher block, Path file) throws IoException {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException broken) {
            throw refused(file, "what is between its lines of dashes is no base 64", null);
        }
    }

    static IoException refused(Path file, String reason, @Nullable Throwable cause) {
        return IoException.withMessage(
                Code.INVALID_ARGUMENT,
                "read",
                null,
                file,
                0,
                "read " + file + ": EINVAL: " + reason,
                cause);
    }
}
