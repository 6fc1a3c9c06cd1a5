// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection that is idle takes, beyond what TCP and its engine take. */
class IdleMemoryTest {
    private static final int MOST_BYTES = 1024;
    private static final int HANG_SECONDS = 120;

    @Test
    @Timeout(HANG_SECONDS)
    void anIdleConnectionTakesLittleBeyondItsEngine() throws Exception {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process program =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:-UseTLAB",
                                "-cp",
                                classPath,
                                IdleTlsConnections.class.getName(),
                                "nio")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = program.inputReader()) {
            long plain = number(said);
            long layered = number(said);
            assertTrue(layered > plain && plain > 0, plain + " and " + layered);
            long more = layered - plain;
            assertTrue(more <= MOST_BYTES, "TLS takes " + more + " bytes, TCP " + plain);
        } finally {
            program.destroyForcibly().waitFor(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static long number(BufferedReader said) throws IOException {
        String line = said.readLine();
        assertNotNull(line, "it has ended");
        return Long.parseLong(line);
    }
}
