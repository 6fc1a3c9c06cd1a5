// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a connection costs that has echoed something and is idle since, in a process of its own
 * whose collector leaves nothing over: heap and direct memory, and no more than {@link
 * #MOST_BYTES}. The JDK's own sockets alone have more, so it is asked of descriptors only.
 */
class IdleConnectionMemoryTest {
    /** 0.6 KiB. */
    private static final int MOST_BYTES = 614;

    /** Load what has to be loaded, and fill what grows by doubling. */
    private static final int FIRST = 200;

    private static final int COUNTED = 600;
    private static final int HANG_SECONDS = 120;

    @ParameterizedTest
    @ValueSource(strings = {"poll", "epoll", "io_uring"})
    @Timeout(HANG_SECONDS)
    void anIdleConnectionCostsLittle(String backend) throws Exception {
        assumeUsable(backend);
        Process server = start(backend);
        List<Socket> clients = new ArrayList<>();
        try (BufferedReader answers = server.inputReader()) {
            int port = (int) number(answers);
            connect(clients, port, FIRST);
            used(server, answers);
            long before = used(server, answers);
            connect(clients, port, COUNTED);
            long each = (used(server, answers) - before) / COUNTED;
            assertTrue(each > 0, "nothing was counted: " + each);
            assertTrue(each <= MOST_BYTES, "an idle connection costs " + each + " bytes");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
            server.destroyForcibly().waitFor(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void connect(List<Socket> clients, int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
            clients.add(client);
            client.getOutputStream().write(i);
            assertEquals(i & 0xff, client.getInputStream().read());
        }
    }

    private static long used(Process server, BufferedReader answers) throws IOException {
        OutputStream questions = server.getOutputStream();
        questions.write('\n');
        questions.flush();
        return number(answers);
    }

    private static long number(BufferedReader answers) throws IOException {
        String line = answers.readLine();
        assertNotNull(line, "the server has ended");
        return Long.parseLong(line);
    }

    private static Process start(String backend) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:-UseTLAB",
                        "-cp",
                        classPath,
                        IdleConnections.class.getName(),
                        backend);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void assumeUsable(String backend) {
        boolean usable =
                Backends.report().backends().stream()
                        .filter(BackendInfo::usable)
                        .anyMatch(each -> each.name().equals(backend));
        assumeTrue(usable, backend + " cannot run here");
    }
}
