// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What our ends log is what openssl logs of the same handshakes, if the JDK is opened for it. */
class KeyLogTest {
    private static final int HANG_SECONDS = 120;

    @TempDir private Path directory;

    @Test
    @Timeout(HANG_SECONDS)
    void bothEndsLogWhatOpensslDoes() throws Exception {
        OpensslTest.needs("openssl");
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process program =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-opens",
                                "java.base/sun.security.ssl=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                KeyLogProgram.class.getName(),
                                directory.toString())
                        .inheritIO()
                        .start();
        assertTrue(program.waitFor(HANG_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, program.exitValue());
        Set<String> server = lines(KeyLogProgram.SERVER);
        Set<String> client = lines(KeyLogProgram.CLIENT);
        Set<String> openssl = lines(KeyLogProgram.OPENSSL);
        openssl.removeIf(line -> line.startsWith("EXPORTER_SECRET"));
        // Four secrets of TLS 1.3, and one of 1.2.
        assertEquals(5, client.size(), client::toString);
        assertEquals(5, openssl.size(), openssl::toString);
        Set<String> both = new TreeSet<>(client);
        both.addAll(openssl);
        assertEquals(labels(both), labels(server));
        assertEquals(both, server);
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(directory.resolve(KeyLogProgram.SERVER)));
    }

    private Set<String> lines(String file) throws IOException {
        return Files.readAllLines(directory.resolve(file)).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Shorter to read where something is missing. */
    private static String labels(Set<String> lines) {
        return lines.stream()
                .map(line -> line.split(" ")[0])
                .sorted()
                .collect(Collectors.joining(", "));
    }

    @Test
    void whoDoesNotOpenTheJdkIsToldHow() {
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> TlsContext.builder().keyLog(directory.resolve("x")).build());
        assertTrue(
                refusal.getMessage().contains("--add-opens java.base/sun.security.ssl="),
                refusal::getMessage);
        assertFalse(Files.exists(directory.resolve("x")));
    }

    @Test
    void otherEnginesHaveNone() {
        TlsContext.Builder builder =
                TlsContext.builder()
                        .provider(Conscrypt.newProvider())
                        .keyLog(directory.resolve("x"));
        assertThrows(IllegalArgumentException.class, builder::build);
    }
}
