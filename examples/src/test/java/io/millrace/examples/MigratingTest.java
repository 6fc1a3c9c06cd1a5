// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server that {@code docs/migrating.md} has four times is one and the same. */
class MigratingTest {
    private static final Path PAGE =
            LauncherTest.launcher().resolveSibling("docs").resolve("migrating.md");
    private static final long HANG_SECONDS = 60;

    @TempDir private Path directory;

    private interface Started {
        Process at(String port) throws Exception;
    }

    @Test
    void onMillrace() throws Exception {
        WrittenProgram program = program("Upper");
        converse(program::start);
        assertEquals("", program.output());
    }

    @Test
    void onNetty() throws Exception {
        WrittenProgram program = program("NettyUpper");
        converse(program::start);
    }

    @Test
    void onTheSelector() throws Exception {
        WrittenProgram program = program("NioUpper");
        converse(program::start);
        assertEquals("", program.output());
    }

    @Test
    void onLibuv() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/include/uv.h")), "libuv's headers are not there");
        Path source = directory.resolve("upper.c");
        Files.writeString(source, WrittenProgram.blocks(PAGE, "c").get(0));
        Path binary = directory.resolve("upper");
        Path messages = directory.resolve("messages");
        List<String> command =
                List.of("cc", "-Wall", "-Werror", "-O1", "-o", binary + "", source + "", "-luv");
        Process compiler =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(messages.toFile())
                        .start();
        assertTrue(compiler.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the compiler hangs");
        assertEquals(0, compiler.exitValue(), Files.readString(messages));
        converse(port -> new ProcessBuilder(binary.toString(), port).start());
    }

    private WrittenProgram program(String name) throws Exception {
        for (String source : WrittenProgram.blocks(PAGE, "java")) {
            WrittenProgram program = new WrittenProgram(directory, source);
            if (program.name().equals(name)) {
                return program.compile();
            }
        }
        throw new AssertionError(PAGE + " has no " + name);
    }

    private static void converse(Started program) throws Exception {
        try (HeldPort port = new HeldPort()) {
            converse(program.at(port.toString()), port.address());
        }
    }

    private static void converse(Process server, InetSocketAddress address) throws Exception {
        try {
            Await.until("it listens", () -> ReadmeTest.isListening(address) || !server.isAlive());
            assertTrue(server.isAlive(), "it ended");
            try (Client client = new Client(address)) {
                client.send("hel").send("lo\nZ9{`\n\nab");
                assertEquals("HELLO", client.readLine());
                assertEquals("Z9{`", client.readLine());
                assertEquals("", client.readLine());
                client.send("c\n");
                assertEquals("ABC", client.readLine());
                whoAnswersTooMuchIsNotReadFrom(address);
                aLineTooLongEndsItsConnection(address);
                assertEquals("STILL SERVED", client.send("still served\n").readLine());
                server.destroy();
                assertEquals("AND NOW", client.send("and now\n").readLine());
            }
            assertTrue(server.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it did not stop");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static void whoAnswersTooMuchIsNotReadFrom(InetSocketAddress address) throws Exception {
        String line = "x".repeat(1000) + "\n";
        int lines = 2000;
        try (Client client = new Client(address)) {
            Thread sender =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < lines; i++) {
                                        client.send(line);
                                    }
                                    client.finish();
                                } catch (Exception failure) {
                                    throw new IllegalStateException(failure);
                                }
                            });
            sender.start();
            String answer = line.strip().toUpperCase(Locale.ROOT);
            for (int i = 0; i < lines; i++) {
                assertEquals(answer, client.readLine());
            }
            assertTrue(client.isAtEnd());
            sender.join();
        }
    }

    private static void aLineTooLongEndsItsConnection(InetSocketAddress address) throws Exception {
        try (Client client = new Client(address)) {
            client.send("x".repeat(10_000));
            assertTrue(client.isAtEnd());
        } catch (SocketException reset) {
            // Closed with bytes that nobody has read: TCP says so by a reset.
            assertTrue(String.valueOf(reset.getMessage()).contains("reset"), reset::getMessage);
        }
    }
}
