// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where identities come from, and what is said of those that cannot be used. */
class TlsContextTest {
    @TempDir private Path directory;

    private TlsContext.Builder ofFiles(Identity chain, Identity key) throws IOException {
        Path certificates = TestContexts.certificates(directory, "chain.pem", chain.chain());
        return TlsContext.builder()
                .identity(certificates, TestContexts.key(directory, "key.pem", key.key()));
    }

    private static void assertRefused(String hint, TlsContext.Builder builder) {
        IoException refusal = assertThrows(IoException.class, builder::build);
        assertTrue(refusal.getMessage().contains(hint), refusal::getMessage);
    }

    private static void assertServes(TlsContext context, Identity identity) throws IOException {
        try (TlsRig rig = TlsRig.on(context)) {
            assertNull(rig.shake(TestContexts.client("jdk").build(), "localhost"));
            assertEquals(identity.chain().get(0), rig.last.peerCertificates().get(0));
        }
    }

    @Test
    void anIdentityMayBeInTwoFiles() throws IOException {
        assertServes(
                ofFiles(TestContexts.SERVER, TestContexts.SERVER).build(), TestContexts.SERVER);
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsToldAtTheStartWithItsFile() throws IOException {
        TlsContext.Builder mixed = ofFiles(TestContexts.SERVER, TestContexts.CLIENT);
        assertRefused("key.pem: EINVAL: the key is not that of", mixed);
        assertRefused("chain.pem", mixed);
    }

    @Test
    void filesThatAreNotThereOrHoldSomethingElseAreToldByName() throws IOException {
        Path none = directory.resolve("none.pem");
        assertRefused("none.pem: ENOENT", TlsContext.builder().identity(none, none));
        Path other = Files.writeString(directory.resolve("other.pem"), "something else");
        assertRefused("no certificate in it", TlsContext.builder().identity(other, other));
        Path chain = TestContexts.certificates(directory, "c.pem", TestContexts.SERVER.chain());
        assertRefused("no private key in it", TlsContext.builder().identity(chain, other));
        Files.writeString(
                other, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertRefused("openssl pkcs8", TlsContext.builder().identity(chain, other));
    }

    @Test
    void identitiesMayBeInAKeyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = "password".toCharArray();
        store.setKeyEntry(
                "server",
                TestContexts.SERVER.key(),
                password,
                TestContexts.SERVER.chain().toArray(Certificate[]::new));
        assertServes(TlsContext.builder().identities(store, password).build(), TestContexts.SERVER);
    }

    @Test
    void newFilesAreShownAfterAReloadAndBrokenOnesChangeNothing() throws IOException {
        TlsContext context = ofFiles(TestContexts.SERVER, TestContexts.SERVER).build();
        try (TlsRig rig = TlsRig.on(context)) {
            TlsContext.Builder client = TestContexts.client("jdk");
            assertNull(rig.shake(client.build(), "localhost"));
            Identity next =
                    new CertificateMaker("next", List.of("localhost")).make(TestContexts.AUTHORITY);
            TestContexts.certificates(directory, "chain.pem", next.chain());
            assertThrows(IoException.class, context::reload);
            assertNull(rig.shake(client.build(), "localhost"));
            Certificate before = TestContexts.SERVER.chain().get(0);
            assertEquals(before, rig.last.peerCertificates().get(0));
            TestContexts.key(directory, "key.pem", next.key());
            context.reload();
            assertNull(rig.shake(client.build(), "localhost"));
            assertEquals(next.chain().get(0), rig.last.peerCertificates().get(0));
        }
    }

    @Test
    void oldProtocolsAreRefused() {
        TlsContext.Builder builder = TlsContext.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.protocols("TLSv1.1"));
        assertThrows(IllegalArgumentException.class, () -> builder.protocols("SSLv3"));
    }

    @Test
    void ciphersThatDoNotExistAreToldWithThoseThatDo() {
        assertRefused("TLS_AES_128_GCM_SHA256", TlsContext.builder().cipherSuites("none"));
    }

    @Test
    void itsTextHasNoKeyInIt() throws IOException {
        String text = TestContexts.server("jdk").build().toString();
        assertFalse(text.contains("PrivateKey"), text);
    }
}
