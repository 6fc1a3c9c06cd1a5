// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is so: its server works, its version is the project's, its links lead. */
class ReadmeTest {
    private static final Path ROOT = LauncherTest.launcher().getParent();
    private static final int LONGEST_SERVER = 25;

    @TempDir private Path directory;

    @Test
    void theServerCompilesAndServes() throws Exception {
        String source = block("java");
        assertTrue(source.lines().count() <= LONGEST_SERVER, "the server has become long");
        int port = freePort();
        compile(source.replace("7000", String.valueOf(port)));

        Process server = start("Echo");
        try {
            Await.until("it listens", () -> isListening(port) || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + errors());
            byte[] sent = new byte[8 << 20];
            try (Client client = new Client(new InetSocketAddress("127.0.0.1", port))) {
                assertEquals("hello", client.send("hello\n").readLine());
                Thread sender = new Thread(() -> send(client, sent));
                sender.start();
                assertEquals(sent.length, client.read(sent.length).length);
                sender.join();
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertEquals("", errors());
    }

    @Test
    void theVersionIsTheProjects() throws IOException {
        Matcher revision =
                Pattern.compile("<revision>(.*)</revision>")
                        .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(revision.find());
        assertTrue(block("xml").contains("<version>" + revision.group(1) + "</version>"));
    }

    @Test
    void linksLeadToFiles() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (var files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher link =
                    Pattern.compile("]\\(([^)#:]+)[^):]*\\)").matcher(Files.readString(page));
            while (link.find()) {
                Path target = page.resolveSibling(link.group(1));
                assertTrue(Files.exists(target), page + " leads to " + target);
            }
        }
    }

    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("(?s)```" + language + "\n(.*?)```")
                        .matcher(Files.readString(ROOT.resolve("README.md")));
        assertTrue(block.find(), "no block of " + language);
        return block.group(1);
    }

    private void compile(String source) throws IOException {
        Path file = Files.writeString(directory.resolve("Echo.java"), source);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String classPath = System.getProperty("java.class.path");
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                messages,
                                messages,
                                "-Xlint:all,-classfile",
                                "-proc:none",
                                "-cp",
                                classPath,
                                "-d",
                                directory.toString(),
                                file.toString());
        assertEquals("0 ", status + " " + messages.toString(StandardCharsets.UTF_8));
    }

    private Process start(String program) throws IOException {
        String classPath =
                directory + java.io.File.pathSeparator + System.getProperty("java.class.path");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-Dmillrace.backend=nio", "-cp", classPath, program));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("errors").toFile())
                .start();
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException e) {
            return "no output: " + e;
        }
    }

    private static boolean isListening(int port) {
        try (Client client = new Client(new InetSocketAddress("127.0.0.1", port))) {
            return client.send("\n").read(1).length == 1;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void send(Client client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
