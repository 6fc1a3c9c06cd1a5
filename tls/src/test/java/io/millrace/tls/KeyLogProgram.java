// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.IoException;
import io.millrace.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** Shakes hands by TLS 1.3 and 1.2, with itself and with openssl, and each end logs its keys. */
final class KeyLogProgram {
    static final String SERVER = "server.log";
    static final String CLIENT = "client.log";
    static final String OPENSSL = "openssl.log";

    private KeyLogProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Path shared = Files.createFile(directory.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("x"));
        for (Path unsafe : List.of(shared, link)) {
            assertThrows(IoException.class, TlsContext.builder().keyLog(unsafe)::build);
        }
        boolean inline = true;
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            inline = !inline;
            TlsContext server =
                    TestContexts.server("jdk")
                            .protocols(protocol)
                            .tasksInline(inline)
                            .keyLog(directory.resolve(SERVER))
                            .build();
            TlsContext client =
                    TestContexts.client("jdk")
                            .tasksInline(inline)
                            .keyLog(directory.resolve(CLIENT))
                            .build();
            try (TlsRig rig = TlsRig.on(server)) {
                assertNull(rig.shake(client, "localhost"));
                Process openssl =
                        new ProcessBuilder(
                                        "openssl",
                                        "s_client",
                                        "-connect",
                                        "127.0.0.1:" + rig.address().getPort(),
                                        "-keylogfile",
                                        directory.resolve(OPENSSL).toString())
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                openssl.getOutputStream().close();
                Timer tick = Timer.open(rig.loop);
                tick.startWithFixedDelay(Duration.ofMillis(2), Duration.ofMillis(2), () -> {});
                rig.until(() -> !openssl.isAlive() && rig.accepted.size() == 2);
                tick.close();
            }
        }
    }
}
