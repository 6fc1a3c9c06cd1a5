// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * More clients than the process may have descriptors: the listener says so (EMFILE), backs off, and
 * accepts the others when there is room. On one backend after the other, in one process.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no ulimit")
class OutOfDescriptorsTest {
    private static final Set<String> BACKENDS = Set.of("nio", "epoll", "epoll-et", "io_uring");
    private static final int DESCRIPTORS = 128;
    private static final int CLIENTS = DESCRIPTORS;
    private static final int HANG_MILLIS = 30_000;

    @Test
    void acceptingGoesOnWhenThereIsRoom() throws Exception {
        List<String> backends =
                Backends.report().backends().stream()
                        .filter(each -> each.usable() && BACKENDS.contains(each.name()))
                        .map(BackendInfo::name)
                        .toList();
        Process process = start(backends);
        try (BufferedReader output = process.inputReader()) {
            for (String backend : backends) {
                serveAll(backend, portIn(output), output);
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> backends) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                "ulimit -n " + DESCRIPTORS + " && exec \"$@\"",
                                "sh",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                ShortOfDescriptors.class.getName()));
        command.addAll(backends);
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        // One that says nothing would be read from for ever.
        CompletableFuture.delayedExecutor(HANG_MILLIS * 4L, TimeUnit.MILLISECONDS)
                .execute(process::destroyForcibly);
        return process;
    }

    /** Errors of the backend before may come first, as often as it tried again. */
    private static int portIn(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null && line.equals("EMFILE")) {
            line = output.readLine();
        }
        assertNotNull(line, "the process has ended");
        return Integer.parseInt(line);
    }

    /** Connections are accepted in the order in which they were made. */
    private static void serveAll(String backend, int port, BufferedReader output)
            throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket();
                clients.add(client);
                client.connect(server, HANG_MILLIS);
                client.setSoTimeout(HANG_MILLIS);
                client.getOutputStream().write(i);
            }
            assertEquals("EMFILE", output.readLine(), backend);
            for (int i = 0; i < CLIENTS; i++) {
                assertEquals(i & 0xff, clients.get(i).getInputStream().read(), backend);
                clients.get(i).close();
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
