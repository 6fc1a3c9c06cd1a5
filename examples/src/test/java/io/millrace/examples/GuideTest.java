// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the guide do what it says. */
class GuideTest {
    private static final Path GUIDE =
            LauncherTest.launcher().resolveSibling("docs").resolve("guide.md");

    private static final long HANG_SECONDS = 60;

    @TempDir private Path directory;
    private final Map<String, WrittenProgram> programs = new LinkedHashMap<>();
    private HeldPort port;

    @BeforeEach
    void findPrograms() throws Exception {
        for (String source : WrittenProgram.blocks(GUIDE, "java")) {
            WrittenProgram program = new WrittenProgram(directory, source);
            programs.put(program.name(), program);
        }
    }

    @BeforeEach
    void holdPort() throws Exception {
        port = new HeldPort();
    }

    @AfterEach
    void freePort() throws Exception {
        port.close();
    }

    @Test
    void eachProgramHasATestHere() {
        assertEquals(
                "[LineServer, OrderlyEcho, Checksum, CommandServer, Keys, FindBySeed]",
                programs.keySet().toString());
    }

    /** What is indented is code as well, and would be tried by nobody. */
    @Test
    void noCodeIsOutsideOfAProgram() throws IOException {
        String text = Files.readString(GUIDE).replaceAll("(?s)```.*?```", "");
        assertFalse(text.contains("\n\n    "), text);
    }

    @Test
    void theLineServerAnswersLinesAndStopsWhenItIsTold() throws Exception {
        WrittenProgram program = program("LineServer");
        Process server = program.start(port.toString());
        InetSocketAddress address = port.address();
        try {
            Await.until("it listens", () -> ReadmeTest.isListening(address) || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + program.output());
            try (Client client = new Client(address)) {
                client.send("hel");
                client.send("lo\n\nab");
                assertEquals("5", client.readLine());
                assertEquals("0", client.readLine());
                client.send("c\n");
                assertEquals("3", client.readLine());
                server.destroy();
                client.send("still served\n");
                assertEquals("12", client.readLine());
            }
            assertTrue(server.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it did not stop");
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertEquals("", program.output());
    }

    @Test
    void theOrderlyEchoServesWhomItHasWhenItIsTold() throws Exception {
        WrittenProgram program = program("OrderlyEcho");
        Process server = program.start(port.toString());
        InetSocketAddress address = port.address();
        try {
            Await.until("it listens", () -> ReadmeTest.isListening(address) || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + program.output());
            try (Client client = new Client(address)) {
                assertEquals("hello", client.send("hello\n").readLine());
                server.destroy();
                assertEquals("still served", client.send("still served\n").readLine());
            }
            assertTrue(server.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it did not stop");
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertEquals(0, server.exitValue(), program::output);
        assertEquals("", program.output());
    }

    @Test
    void theChecksumIsThatOfTheFile() throws Exception {
        byte[] content = new byte[(1 << 17) + 100];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31);
        }
        CRC32 sum = new CRC32();
        sum.update(content);
        Path file = Files.write(directory.resolve("content"), content);
        WrittenProgram program = program("Checksum");
        assertEquals(String.format("%08x%n", sum.getValue()), program.run(file.toString()));
        assertTrue(program.run(directory.resolve("absent").toString()).contains("ENOENT"));
    }

    /** Children and terminals want descriptors, and children Linux. */
    @Test
    void theCommandServerAnswersWithWhatTheCommandPrints() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "children are for Linux");
        WrittenProgram program = program("CommandServer");
        Process server = program.startOn("poll", port.toString(), "uname");
        InetSocketAddress address = port.address();
        try {
            Await.until("it answers", () -> says(address, "Linux") || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + program.output());
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static boolean says(InetSocketAddress address, String line) {
        try (Client client = new Client(address)) {
            return line.equals(client.readLine());
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test
    void keysWithoutATerminalSayThatThereIsNone() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "poll is not for Windows");
        WrittenProgram program = program("Keys");
        Process keys = program.startOn("poll");
        assertTrue(keys.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it did not end");
        // Newer virtual machines warn of native calls first.
        assertTrue(program.output().endsWith("no terminal: ENOTTY\n"), program::output);
    }

    @Test
    void aSeedFindsThePlantedMistake() throws Exception {
        String said = program("FindBySeed").run();
        assertTrue(said.startsWith("seed "), said);
    }

    private WrittenProgram program(String name) throws Exception {
        return programs.get(name).compile();
    }
}
