// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Assumptions;

/** Who the ends are in tests: an authority, a server and a client that it vouches for. */
final class TestContexts {
    static final Identity AUTHORITY =
            new CertificateMaker("authority", List.of("authority.test")).authority().make(null);
    static final Identity SERVER =
            new CertificateMaker("server", List.of("localhost", "server.test", "127.0.0.1"))
                    .make(AUTHORITY);
    static final Identity CLIENT =
            new CertificateMaker("client", List.of("client.test")).make(AUTHORITY);

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private TestContexts() {}

    /** A builder for an engine of the JDK or, if that loads here, of Conscrypt. */
    static TlsContext.Builder builder(String engine) {
        TlsContext.Builder builder = TlsContext.builder();
        if (engine.equals("conscrypt")) {
            Assumptions.assumeTrue(Conscrypt.isAvailable(), "Conscrypt does not load here");
            builder.provider(Conscrypt.newProvider());
        }
        return builder;
    }

    /** With tickets, where those have to be asked for. */
    static TlsContext.Builder resuming(TlsContext.Builder builder) {
        return builder.eachEngine(
                engine -> {
                    if (Conscrypt.isConscrypt(engine)) {
                        Conscrypt.setUseSessionTickets(engine, true);
                    }
                });
    }

    static TlsContext.Builder server(String engine) {
        return builder(engine).identity(SERVER.key(), SERVER.chain());
    }

    static TlsContext.Builder client(String engine) throws IoException {
        return builder(engine).trust(List.of(AUTHORITY.chain().get(0)));
    }

    static Path certificates(Path directory, String name, List<X509Certificate> chain)
            throws IOException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate each : chain) {
            try {
                text.append(pem("CERTIFICATE", each.getEncoded()));
            } catch (CertificateEncodingException impossible) {
                throw new IOException(impossible);
            }
        }
        return Files.writeString(directory.resolve(name), text);
    }

    static Path key(Path directory, String name, Key key) throws IOException {
        return Files.writeString(directory.resolve(name), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
        String dashes = "-----";
        return dashes
                + "BEGIN "
                + kind
                + dashes
                + "\n"
                + LINES.encodeToString(content)
                + "\n"
                + dashes
                + "END "
                + kind
                + dashes
                + "\n";
    }
}
