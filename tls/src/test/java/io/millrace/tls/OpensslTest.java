// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the programs that the world uses: openssl at either end, and curl. */
class OpensslTest {
    @TempDir private Path directory;

    private Path authority;

    @BeforeAll
    static void thereIsOpenssl() {
        needs("openssl");
    }

    static void needs(String program) {
        List<String> path = Arrays.asList(System.getenv("PATH").split(":", -1));
        boolean there = path.stream().anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        String required = System.getProperty("millrace.required.programs", "");
        if (!there && Arrays.asList(required.split(",", -1)).contains(program)) {
            Assertions.fail(program + " is required and not installed");
        }
        Assumptions.assumeTrue(there, program + " is not installed");
    }

    @BeforeEach
    void writeAuthority() throws IOException {
        authority =
                TestContexts.certificates(
                        directory, "authority.pem", TestContexts.AUTHORITY.chain());
    }

    /** A program that runs while the loop turns, and what it says. */
    private final class Program {
        private final Process process;
        private final Path output = directory.resolve("output" + System.nanoTime());

        Program(String... command) throws IOException {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
        }

        void say(String text) throws IOException {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.US_ASCII));
            input.flush();
        }

        String said() {
            try {
                return Files.readString(output, StandardCharsets.ISO_8859_1);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        void awaitText(TlsRig rig, String text) throws IOException {
            Timer tick = Timer.open(rig.loop);
            tick.startWithFixedDelay(Duration.ofMillis(2), Duration.ofMillis(2), () -> {});
            rig.until(() -> said().contains(text));
            tick.close();
        }

        void awaitEnd(TlsRig rig) throws IOException {
            Timer tick = Timer.open(rig.loop);
            tick.startWithFixedDelay(Duration.ofMillis(2), Duration.ofMillis(2), () -> {});
            try {
                rig.until(() -> !process.isAlive());
            } finally {
                tick.close();
                process.destroyForcibly();
            }
        }
    }

    private Program client(TlsRig rig, String... more) throws IOException {
        return clientOf(rig.address().getPort(), more);
    }

    private Program clientOf(int port, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + port,
                                "-CAfile",
                                authority.toString(),
                                "-servername",
                                "localhost",
                                "-verify_return_error"));
        command.addAll(List.of(more));
        return new Program(command.toArray(String[]::new));
    }

    /** Answers the first bytes with as many of its own, and then ends. */
    private static final ConnectionHandler<TlsStream> ANSWERING =
            stream ->
                    stream.read(
                            (from, chunk) -> {
                                TlsRig.write(from, "answer\n");
                                from.closeWhenWritten();
                            });

    private static TlsRig answering(TlsContext context) throws IOException {
        TlsRig rig = TlsRig.on(context);
        rig.onConnection = ANSWERING;
        return rig;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void itsClientIsServed(String protocol) throws IOException {
        TlsContext context =
                TestContexts.server("jdk").applicationProtocols("h2", "http/1.1").build();
        try (TlsRig rig = answering(context)) {
            Program client = client(rig, protocol, "-alpn", "h2", "-ign_eof");
            client.say("hello\n");
            client.awaitEnd(rig);
            String said = client.said();
            assertTrue(said.contains("answer"), said);
            assertTrue(said.contains("Verification: OK"), said);
            assertTrue(said.contains("ALPN protocol: h2"), said);
            assertEquals("localhost", rig.accepted.get(0).serverName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void itsClientIsShownTheIdentityThatItAsksFor(String protocol) throws IOException {
        TlsContext context = TestContexts.server("jdk").selfSigned("other.test").build();
        try (TlsRig rig = answering(context)) {
            assertShown(rig, protocol, "other.test", "other.test");
            assertShown(rig, protocol, "server.test", "server");
            assertShown(rig, protocol, "unknown.test", "server");
        }
    }

    private void assertShown(TlsRig rig, String protocol, String asked, String shown)
            throws IOException {
        Program client =
                new Program(
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + rig.address().getPort(),
                        "-servername",
                        asked,
                        "-ign_eof",
                        protocol);
        client.say("hello\n");
        client.awaitEnd(rig);
        assertTrue(client.said().contains("subject=CN = " + shown + "\n"), client.said());
    }

    /** A conversation of mail: in the clear until the client asks for TLS, and then all of it. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void itsClientBeginsInTheClear(String protocol) throws IOException {
        TlsContext context = TestContexts.server("jdk").build();
        List<String> commands = new ArrayList<>();
        try (TlsRig rig = TlsRig.on(context)) {
            TcpServer mail =
                    TcpServer.listen(
                            rig.loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            stream -> converse(stream, context, commands));
            int port = ((InetSocketAddress) mail.localAddress()).getPort();
            Program client =
                    clientOf(port, protocol, "-starttls", "smtp", "-ign_eof", "-name", "here");
            client.say("hello\n");
            client.awaitEnd(rig);
            String said = client.said();
            assertTrue(said.contains("answer"), said);
            assertTrue(said.contains("Verification: OK"), said);
            assertEquals(List.of("EHLO here", "STARTTLS"), commands);
        }
    }

    private static void converse(TcpStream stream, TlsContext context, List<String> commands) {
        TlsRig.write(stream, "220 mail.test\r\n");
        StringBuilder line = new StringBuilder();
        stream.read(
                (from, chunk) -> {
                    while (chunk.length() > 0) {
                        line.append((char) chunk.buffer().get());
                        chunk.skip(1);
                    }
                    if (line.indexOf("\r\n") < 0) {
                        return;
                    }
                    String command = line.toString().strip();
                    line.setLength(0);
                    commands.add(command);
                    if (command.equals("STARTTLS")) {
                        TlsRig.write(from, "220 go on\r\n");
                        TlsStream.server(from, context)
                                .handshake()
                                .thenAccept(ANSWERING::onConnection);
                    } else {
                        TlsRig.write(from, "250-mail.test\r\n250 STARTTLS\r\n");
                    }
                });
    }

    @ParameterizedTest
    @CsvSource({"jdk,-tls1_3", "jdk,-tls1_2", "conscrypt,-tls1_3", "conscrypt,-tls1_2"})
    void itsClientResumes(String engine, String protocol) throws IOException {
        String session = directory.resolve("session").toString();
        try (TlsRig rig = answering(TestContexts.resuming(TestContexts.server(engine)).build())) {
            Program first = client(rig, protocol, "-ign_eof", "-sess_out", session);
            first.say("hello\n");
            first.awaitEnd(rig);
            Program second = client(rig, protocol, "-ign_eof", "-sess_in", session);
            second.say("hello\n");
            second.awaitEnd(rig);
            assertTrue(second.said().contains("Reused, "), second.said());
            assertTrue(second.said().contains("answer"), second.said());
        }
    }

    @Test
    void itsClientShowsItsCertificate() throws IOException {
        TlsContext strict =
                TestContexts.server("jdk")
                        .clientCertificates(ClientCertificates.NEEDED)
                        .trust(authority)
                        .build();
        Path chain = TestContexts.certificates(directory, "own.pem", TestContexts.CLIENT.chain());
        Path key = TestContexts.key(directory, "own.key", TestContexts.CLIENT.key());
        try (TlsRig rig = answering(strict)) {
            Program known =
                    client(rig, "-ign_eof", "-cert", chain.toString(), "-key", key.toString());
            known.say("hello\n");
            known.awaitEnd(rig);
            assertTrue(known.said().contains("answer"), known.said());
            Program unknown = client(rig, "-ign_eof");
            unknown.say("hello\n");
            unknown.awaitEnd(rig);
            // The JDKs differ in which one they send.
            assertTrue(unknown.said().contains("SSL alert number"), unknown.said());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_1", "-tls1"})
    void oldProtocolsAreNotSpoken(String protocol) throws IOException {
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            Program client = client(rig, protocol, "-cipher", "ALL:@SECLEVEL=0");
            client.awaitEnd(rig);
            assertNotEquals(0, client.process.exitValue(), client.said());
            rig.until(() -> rig.refused.size() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AES256-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"})
    void ciphersWithoutForwardSecrecyOrAuthenticationAreNotSpoken(String cipher)
            throws IOException {
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            Program client = client(rig, "-tls1_2", "-cipher", cipher);
            client.awaitEnd(rig);
            assertNotEquals(0, client.process.exitValue(), client.said());
        }
    }

    @Test
    void whoWantsToRenegotiateIsRefused() throws IOException {
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            Program client = client(rig, "-tls1_2", "-legacy_renegotiation");
            TlsRig.Received received = new TlsRig.Received();
            rig.until(() -> rig.accepted.size() == 1);
            rig.accepted.get(0).read(received);
            client.say("R\n");
            rig.until(() -> received.failure != null);
            assertTrue(
                    received.failure.getMessage().contains("renegotiate"),
                    received.failure::getMessage);
            client.process.destroyForcibly();
        }
    }

    @Test
    void newKeysInTheMiddleChangeNothing() throws IOException {
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            Program client = client(rig, "-tls1_3");
            TlsRig.Received received = new TlsRig.Received();
            rig.until(() -> rig.accepted.size() == 1);
            rig.accepted.get(0).read(received);
            client.say("before\n");
            rig.until(() -> received.text().equals("before\n"));
            client.say("K\n");
            // What it reads together with the command would be part of the command.
            client.awaitText(rig, "KEYUPDATE");
            client.say("after\n");
            rig.until(() -> received.text().equals("before\nafter\n"));
            client.process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void itsServerIsUnderstood(String protocol) throws Exception {
        Path chain = TestContexts.certificates(directory, "own.pem", TestContexts.SERVER.chain());
        Path key = TestContexts.key(directory, "own.key", TestContexts.SERVER.key());
        Path secret = directory.resolve("encrypted.key");
        Process encrypts =
                new ProcessBuilder(
                                "openssl",
                                "pkcs8",
                                "-topk8",
                                "-in",
                                key.toString(),
                                "-out",
                                secret.toString(),
                                "-passout",
                                "pass:word")
                        .start();
        assertTrue(encrypts.waitFor(30, TimeUnit.SECONDS));
        assertKeyOpens(chain, secret);
        Program server =
                new Program(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        chain.toString(),
                        "-key",
                        key.toString(),
                        "-alpn",
                        "http/1.1",
                        "-rev",
                        protocol);
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            TlsContext context =
                    TestContexts.client("jdk").applicationProtocols("h2", "http/1.1").build();
            TlsStream stream = connect(rig, port(rig, server), context);
            assertEquals("http/1.1", stream.applicationProtocol());
            TlsRig.Received received = new TlsRig.Received();
            stream.read(received);
            TlsRig.write(stream, "hello\n");
            rig.until(() -> received.text().contains("olleh"));
        } finally {
            server.process.destroyForcibly();
        }
    }

    /** It wants to know who its client is, has one certificate for each name, and resumes. */
    @ParameterizedTest
    @CsvSource({"jdk,-tls1_3", "jdk,-tls1_2", "conscrypt,-tls1_3", "conscrypt,-tls1_2"})
    void itsServerKnowsOurClientAgain(String engine, String protocol) throws IOException {
        Identity other = new CertificateMaker("other", List.of("other.test")).make(null);
        Program server =
                new Program(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        TestContexts.certificates(directory, "other.pem", other.chain()).toString(),
                        "-key",
                        TestContexts.key(directory, "other.key", other.key()).toString(),
                        "-servername",
                        "localhost",
                        "-cert2",
                        TestContexts.certificates(directory, "own.pem", TestContexts.SERVER.chain())
                                .toString(),
                        "-key2",
                        TestContexts.key(directory, "own.key", TestContexts.SERVER.key())
                                .toString(),
                        "-Verify",
                        "2",
                        "-verify_return_error",
                        "-CAfile",
                        authority.toString(),
                        "-rev",
                        protocol);
        try (TlsRig rig = TlsRig.on(TestContexts.server("jdk").build())) {
            int port = port(rig, server);
            TlsContext known =
                    TestContexts.resuming(TestContexts.client(engine))
                            .identity(TestContexts.CLIENT.key(), TestContexts.CLIENT.chain())
                            .build();
            TlsStream first = connect(rig, port, known);
            long made = first.session().getCreationTime();
            reverse(rig, first);
            TlsStream second = connect(rig, port, known);
            assertEquals(made, second.session().getCreationTime());
            reverse(rig, second);
            assertTrue(server.said().contains("CN = client"), server.said());
        } finally {
            server.process.destroyForcibly();
        }
    }

    /** Tickets come before the first bytes. */
    private static void reverse(TlsRig rig, TlsStream stream) throws IOException {
        TlsRig.Received received = new TlsRig.Received();
        stream.read(received);
        TlsRig.write(stream, "hello\n");
        rig.until(() -> received.text().contains("olleh"));
        stream.close();
        rig.until(stream::isClosed);
    }

    private static void assertKeyOpens(Path chain, Path secret) throws IoException {
        TlsContext.Builder wrong =
                TlsContext.builder().identity(chain, secret, "other".toCharArray());
        IoException refusal = Assertions.assertThrows(IoException.class, wrong::build);
        assertTrue(refusal.getMessage().contains("encrypted.key"), refusal::getMessage);
        IoException unasked =
                Assertions.assertThrows(
                        IoException.class,
                        () -> TlsContext.builder().identity(chain, secret).build());
        assertTrue(unasked.getMessage().contains("no password"), unasked::getMessage);
        TlsContext.builder().identity(chain, secret, "word".toCharArray()).build();
    }

    /** The port that the system has chosen for it, once it has said so. */
    private static int port(TlsRig rig, Program server) throws IOException {
        Pattern said = Pattern.compile("ACCEPT 127\\.0\\.0\\.1:(\\d+)");
        int[] port = new int[1];
        Timer tick = Timer.open(rig.loop);
        tick.startWithFixedDelay(Duration.ofMillis(2), Duration.ofMillis(2), () -> {});
        rig.until(
                () -> {
                    Matcher match = said.matcher(server.said());
                    port[0] = match.find() ? Integer.parseInt(match.group(1)) : 0;
                    return port[0] != 0;
                });
        tick.close();
        return port[0];
    }

    private static TlsStream connect(TlsRig rig, int port, TlsContext context) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        List<TlsStream> connected = new ArrayList<>();
        TlsStream.connect(rig.loop, address, context, "localhost", port).thenAccept(connected::add);
        rig.until(() -> !connected.isEmpty());
        return connected.get(0);
    }

    @Test
    void curlIsServed() throws IOException {
        needs("curl");
        TlsContext context = TestContexts.server("jdk").applicationProtocols("http/1.1").build();
        try (TlsRig rig = TlsRig.on(context)) {
            rig.onConnection =
                    stream ->
                            stream.read(
                                    (from, chunk) -> {
                                        TlsRig.write(
                                                from,
                                                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                                                        + "Connection: close\r\n\r\nhello");
                                        from.closeWhenWritten();
                                    });
            Program curl =
                    new Program(
                            "curl",
                            "-sS",
                            "--http1.1",
                            "--cacert",
                            authority.toString(),
                            "https://127.0.0.1:" + rig.address().getPort() + "/");
            curl.awaitEnd(rig);
            assertEquals("hello", curl.said());
            assertEquals("http/1.1", rig.accepted.get(0).applicationProtocol());
        }
    }
}
