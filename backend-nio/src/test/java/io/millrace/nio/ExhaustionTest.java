// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server whose process has no descriptors left, for real. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a shell with ulimit")
class ExhaustionTest {
    /** A virtual machine needs some twenty itself. */
    private static final int DESCRIPTORS = 48;

    private final Deque<Socket> peers = new ArrayDeque<>();
    private Process process;
    private BufferedReader output;

    @BeforeEach
    void start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ulimit -n " + DESCRIPTORS + " && exec \"$@\"",
                                "sh",
                                java,
                                "-Xshare:auto",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ExhaustedServer.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        output = process.inputReader();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket peer : peers) {
            peer.close();
        }
        process.destroyForcibly().waitFor();
    }

    @Test
    void aServerOutOfDescriptorsSaysSoAndServesAgainWhenSomeAreFreed() throws IOException {
        int port = Integer.parseInt(output.readLine());
        for (int i = 0; i < DESCRIPTORS; i++) {
            peers.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        assertEquals("EMFILE", output.readLine());
        for (int i = 0; i < DESCRIPTORS / 2; i++) {
            peers.remove().close();
        }

        Socket last = peers.getLast();
        last.getOutputStream().write(42);
        assertEquals(42, last.getInputStream().read());
    }
}
