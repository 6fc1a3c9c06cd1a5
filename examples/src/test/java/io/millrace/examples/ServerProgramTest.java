// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Backends;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs as processes, started by the launcher from another directory: what they print, how
 * they end. The launcher's java is one that keeps its options and swaps in the class path of this
 * test.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class ServerProgramTest {
    private static final long HANG_SECONDS = 60;
    private static final int SIGTERM_STATUS = 128 + 15;

    private static final Pattern LISTENING =
            Pattern.compile(
                    "(\\w+): listening on 127\\.0\\.0\\.1:([0-9]+), backend ([\\w-]+), (.*)");

    @TempDir private Path directory;
    private final List<Process> processes = new ArrayList<>();
    private Path launcher;

    private record Outcome(int status, String output, String errors) {}

    @BeforeEach
    void makeClone() throws IOException {
        Path clone = Files.createDirectories(directory.resolve("clone"));
        launcher = Files.copy(LauncherTest.launcher(), clone.resolve("millrace"));
        for (String file : List.of("pom.xml", "examples/pom.xml", "examples/src/main/a")) {
            Files.createDirectories(clone.resolve(file).getParent());
            Files.writeString(clone.resolve(file), "");
        }
        Path target = Files.createDirectories(clone.resolve("examples/target"));
        Files.writeString(target.resolve("millrace.built"), "");
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                [ "$1" != -version ] || exec "$REAL_JAVA" "$@"
                options=
                while [ "$1" != -cp ]; do options="$options $1"; shift; done
                shift 2
                exec "$REAL_JAVA" $options -cp "$TEST_CLASS_PATH" "$@"
                """);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void theDoctorSucceeds() throws Exception {
        Outcome outcome = end(start("doctor"));

        assertEquals(0, outcome.status());
        assertTrue(outcome.output().startsWith("system\n"), outcome.output());
        assertTrue(outcome.output().contains("nio"), outcome.output());
        assertEquals("", outcome.errors());
        assertEquals(2, end(start("doctor", "--port", "1")).status());
    }

    @Test
    void aServerSaysWhereItListensServesAndEndsWhenTold() throws Exception {
        Process server = start("echo", "--port", "0", "--backend", "nio");
        Matcher line = listening(server);
        assertEquals("echo", line.group(1));
        assertEquals("nio", line.group(3));
        assertEquals("1 loop", line.group(4));
        try (Client client = new Client(new InetSocketAddress("127.0.0.1", port(line)))) {
            assertEquals("hello", client.send("hello\n").readLine());
            server.destroy();
            assertTrue(client.isAtEnd());
        }
        Outcome outcome = end(server);
        assertEquals(SIGTERM_STATUS, outcome.status());
        assertEquals("", outcome.errors());
        assertEquals(1, outcome.output().lines().count());
    }

    @Test
    void aServerOnAUnixDomainSocketServesAndTakesItsFileAlong() throws Exception {
        Path path = directory.resolve("server");
        Process server = start("echo", "--unix", path.toString(), "--backend", "nio");
        Path output = output(processes.indexOf(server));
        Await.until(
                "a line is printed",
                () -> Files.readString(output).endsWith("\n") || !server.isAlive());
        assertEquals(
                "echo: listening on " + path + ", backend nio, 1 loop\n", Files.readString(output));
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap(new byte[] {7}));
            assertEquals(1, client.read(ByteBuffer.allocate(1)));
        }
        server.destroy();
        assertEquals(SIGTERM_STATUS, end(server).status());
        assertFalse(Files.exists(path));
        Outcome both = end(start("echo", "--unix", path.toString(), "--port", "1"));
        assertEquals(2, both.status());
        assertTrue(both.errors().contains("--unix goes without --port"), both.errors());
    }

    @Test
    void aServerSpeaksTlsIfThatIsAskedFor() throws Exception {
        Process server = start("http", "--port=0", "--backend=nio", "--tls-self-signed");
        int port = port(listening(server));
        String page = "https://127.0.0.1:" + port + "/plaintext";
        Programs.Outcome trusting =
                Programs.run(List.of("curl", "-sS", "--insecure", "--http1.1", page), "");
        assertEquals(0, trusting.status(), trusting.output());
        assertFalse(trusting.output().isEmpty());
        Programs.Outcome careful = Programs.run(List.of("curl", "-sS", "--http1.1", page), "");
        assertTrue(careful.output().contains("certificate"), careful.output());
        Programs.Outcome wrk = Programs.run(List.of("wrk", "-t1", "-c8", "-d1s", page), "");
        assertEquals(0, wrk.status(), wrk.output());
        assertTrue(wrk.output().contains("Requests/sec"), wrk.output());
        assertFalse(wrk.output().contains("Socket errors"), wrk.output());
        assertFalse(wrk.output().contains("Non-2xx"), wrk.output());
        server.destroy();
        end(server);
        Outcome noFile = end(start("http", "--port=0", "--tls", "none.pem", "none.key"));
        assertEquals(1, noFile.status());
        assertTrue(noFile.errors().contains("none.pem: ENOENT"), noFile.errors());
        Outcome oneFile = end(start("http", "--port=0", "--tls=chain.pem"));
        assertEquals(2, oneFile.status());
        assertTrue(oneFile.errors().contains("two values: CHAIN KEY"), oneFile.errors());
        Outcome datagrams = end(start("echo", "--port=0", "--udp", "--tls-self-signed"));
        assertEquals(2, datagrams.status());
        assertTrue(datagrams.errors().contains("in the clear"), datagrams.errors());
    }

    /** A terminator before a plain server, and before that one that speaks TLS to it. */
    @Test
    void aProxyEndsTlsAndBeginsIt() throws Exception {
        Process http = start("http", "--port=0", "--backend=nio");
        String plain = "127.0.0.1:" + port(listening(http));
        Path chain = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        Programs.Outcome made =
                Programs.run(
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=behind.test",
                                "-addext",
                                "subjectAltName=DNS:behind.test",
                                "-keyout",
                                key.toString(),
                                "-out",
                                chain.toString()),
                        "");
        assertEquals(0, made.status(), made.output());
        Process ends = start("proxy", "--port=0", "--to=" + plain, "--tls=" + chain + "," + key);
        String encrypted = "127.0.0.1:" + port(listening(ends));
        Process begins =
                start(
                        "proxy",
                        "--port=0",
                        "--to=" + encrypted,
                        "--to-tls=behind.test",
                        "--trust=" + chain);
        String page = "http://127.0.0.1:" + port(listening(begins)) + "/plaintext";
        Programs.Outcome served = Programs.run(List.of("curl", "-sS", page), "");
        assertEquals(0, served.status(), served.output());
        assertFalse(served.output().isEmpty());
        Process doubts = start("proxy", "--port=0", "--to=" + encrypted, "--to-tls=behind.test");
        String refused = "http://127.0.0.1:" + port(listening(doubts)) + "/plaintext";
        assertNotEquals(0, Programs.run(List.of("curl", "-sS", refused), "").status());
        for (Process each : List.of(http, ends, begins, doubts)) {
            each.destroy();
            end(each);
        }
    }

    @Test
    void aForwarderOfNamesServesByAllMeansAndEndsWhenTold() throws Exception {
        Process server = start("dns", "--port=0", "--loops=2", "--to=127.0.0.1:1,[::1]:1");
        Matcher line = listening(server);
        assertEquals("dns", line.group(1));
        for (String means : List.of("+notcp", "+tcp")) {
            String output =
                    Programs.run(
                                    List.of(
                                            "dig",
                                            "@127.0.0.1",
                                            "-p",
                                            "" + port(line),
                                            means,
                                            "+timeout=30",
                                            "+tries=1",
                                            "+opcode=status",
                                            "a.test"),
                                    "")
                            .output();
            assertTrue(output.contains("status: NOTIMP"), output);
        }
        server.destroy();
        Outcome outcome = end(server);
        assertEquals(SIGTERM_STATUS, outcome.status());
        assertEquals("", outcome.errors());
        Outcome itself = end(start("dns", "--port=5353", "--to=127.0.0.1:5353"));
        assertEquals(1, itself.status());
        assertTrue(itself.errors().contains("it would ask itself"), itself.errors());
        assertEquals(2, end(start("dns", "--port=0", "--to=127.0.0.1:x")).status());
    }

    @Test
    void aProgramsOutputIsServedWithItsEndAndEndsWithTheServer() throws Exception {
        assumeChildren();
        Process ended = start("run", "--port=0", "--", "sh", "-c", "echo one; echo two; exit 3");
        String served = "http://127.0.0.1:" + port(listening(ended)) + "/";
        for (int i = 0; i < 2; i++) {
            Programs.Outcome reply =
                    Programs.run(List.of("curl", "-sS", "-D", "-", "--raw", served), "");
            assertTrue(reply.output().contains("\r\n\r\n8\r\none\ntwo\n\r\n"), reply.output());
            assertTrue(reply.output().endsWith("0\r\nExit-Status: code 3\r\n\r\n"));
        }
        assertEquals(
                "code 3\n", Programs.run(List.of("curl", "-sS", served + "status"), "").output());
        ended.destroy();
        assertEquals(SIGTERM_STATUS, end(ended).status());

        Process running = start("run", "--port=0", "--", "sh", "-c", "echo $$; exec sleep 300");
        int port = port(listening(running));
        try (Client client = new Client(new InetSocketAddress("127.0.0.1", port))) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            String line = client.readLine();
            while (!line.matches("[0-9]+")) {
                line = client.readLine();
            }
            ProcessHandle child = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
            assertTrue(child.isAlive());
            running.destroy();
            assertTrue(client.isAtEnd());
            assertEquals(SIGTERM_STATUS, end(running).status());
            assertFalse(child.isAlive());
        }
    }

    private static void assumeChildren() {
        assumeTrue(
                Backends.report().backends().stream()
                        .anyMatch(each -> each.usable() && !each.name().equals("nio")),
                "a backend with children");
        assumeTrue(System.getProperty("os.name", "").startsWith("Linux"), "children");
    }

    @Test
    void whatCannotBeRunIsSaid() throws Exception {
        assumeChildren();
        Outcome missing = end(start("run", "--port=0", "--", "millrace-no-such-program"));
        assertEquals(1, missing.status());
        assertTrue(missing.errors().contains("ENOENT"), missing.errors());
        Outcome nothing = end(start("run", "--port=0"));
        assertEquals(2, nothing.status());
        assertTrue(nothing.errors().contains("after --"), nothing.errors());
        Outcome unable = end(start("run", "--port=0", "--backend=nio", "--", "true"));
        assertEquals(1, unable.status());
        assertTrue(unable.errors().contains("no descriptors"), unable.errors());
    }

    /** In a directory each is a file, which nobody can open any more out of descriptors. */
    @Test
    void everyClassIsLoadedBeforeThereAreClients() throws Exception {
        Path log = directory.resolve("classes.log");
        Process server =
                start(
                        List.of("JAVA_OPTS=-Xlog:class+load:file=" + log + " -Duser.language=ar"),
                        "http",
                        "--port=0",
                        "--backend=nio");
        assertEquals("http", listening(server).group(1));
        String loaded = Files.readString(log);
        Path classes = LauncherTest.launcher().resolveSibling("examples/target/classes");
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file).toString().replace('/', '.');
                name = name.substring(0, name.length() - ".class".length());
                boolean isCode = !name.endsWith("package-info");
                assertTrue(!isCode || loaded.contains(" " + name + " "), name);
            }
        }
    }

    /** Whoever reads the line is no matter of the locale. */
    @Test
    void numbersAreWrittenInDigitsThatProgramsRead() throws Exception {
        String options = "JAVA_OPTS=-Duser.language=ar -Duser.country=EG";
        Process server = start(List.of(options), "echo", "--port=0", "--backend=nio");

        assertTrue(port(listening(server)) > 0);
        assertEquals("1 loop", listening(server).group(4));
    }

    @Test
    void aServerWithSeveralLoopsEndsWhenTold() throws Exception {
        Process server = start("http", "--port=0", "--loops=3", "--backend=nio");
        Matcher line = listening(server);
        assertEquals("3 loops", line.group(4));
        try (Client client = new Client(new InetSocketAddress("127.0.0.1", port(line)))) {
            client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals(200, HttpReply.to(client).status());
            server.destroy();
            assertTrue(client.isAtEnd());
        }
        assertEquals(SIGTERM_STATUS, end(server).status());
    }

    @Test
    void aTakenPortIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            Process one = start("echo", "--port", port, "--backend=nio");
            Process several = start("http", "--port", port, "--loops", "2", "--backend=nio");
            for (Outcome outcome : List.of(end(one), end(several))) {
                assertEquals(1, outcome.status());
                assertEquals("", outcome.output());
                assertEquals(1, outcome.errors().lines().count(), outcome.errors());
                assertTrue(outcome.errors().contains("127.0.0.1:" + port), outcome.errors());
                assertTrue(outcome.errors().contains(" in use"), outcome.errors());
            }
        }
    }

    /** Listeners with SO_REUSEPORT would share the port, and the connections, in silence. */
    @Test
    void aSecondServerWithSeveralLoopsFindsThePortTaken() throws Exception {
        Process first = start("echo", "--port=0", "--loops=2", "--backend=nio");
        int port = port(listening(first));

        Outcome second = end(start("echo", "--port=" + port, "--loops=2", "--backend=nio"));

        assertEquals(1, second.status(), second.errors());
        assertTrue(second.errors().contains(" in use"), second.errors());
    }

    @Test
    void anUnknownBackendIsRefusedWithWhatWouldWork() throws Exception {
        Outcome outcome = end(start("echo", "--port=0", "--backend=nonsense"));

        assertEquals(2, outcome.status());
        assertEquals(1, outcome.errors().lines().count(), outcome.errors());
        assertTrue(outcome.errors().contains("nonsense"), outcome.errors());
        assertTrue(outcome.errors().contains("nio"), outcome.errors());
    }

    @Test
    void wrongOptionsAreAnsweredWithTheUsage() throws Exception {
        Outcome outcome = end(start("http", "--prt", "80"));

        assertEquals(2, outcome.status());
        assertEquals(
                """
                http: no such option: --prt; did you mean --port?
                usage: millrace http [--port N] [--host ADDRESS] [--unix PATH] [--backend NAME,...]\
                 [--tls CHAIN KEY] [--tls-self-signed] [--selfsigned HOST] [--loops N]
                """,
                outcome.errors());
        assertEquals("", outcome.output());
    }

    private Process start(String... command) throws IOException {
        return start(List.of(), command);
    }

    private Process start(List<String> environment, String... command) throws IOException {
        Path place = Files.createDirectories(directory.resolve("elsewhere"));
        int number = processes.size();
        List<String> line = new ArrayList<>(List.of("../clone/millrace"));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).directory(place.toFile());
        builder.redirectOutput(output(number).toFile()).redirectError(errors(number).toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_OPTS", "MILLRACE_BACKEND"));
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().put("REAL_JAVA", System.getProperty("java.home") + "/bin/java");
        builder.environment().put("TEST_CLASS_PATH", System.getProperty("java.class.path"));
        for (String variable : environment) {
            String[] parts = variable.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Matcher listening(Process server) throws Exception {
        Path output = output(processes.indexOf(server));
        Await.until(
                "a line is printed",
                () -> Files.readString(output).endsWith("\n") || !server.isAlive());
        String line = Files.readString(output).strip();
        Matcher matcher = LISTENING.matcher(line);
        assertTrue(matcher.matches(), () -> line + end(server));
        return matcher;
    }

    private static int port(Matcher listening) {
        return Integer.parseInt(listening.group(2));
    }

    private Outcome end(Process process) {
        int number = processes.indexOf(process);
        try {
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
            return new Outcome(
                    process.exitValue(),
                    Files.readString(output(number)),
                    Files.readString(errors(number)));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Path output(int number) {
        return directory.resolve("output" + number);
    }

    private Path errors(int number) {
        return directory.resolve("errors" + number);
    }
}
