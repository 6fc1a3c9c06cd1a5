// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.LoopOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the guide do what it says. */
class GuideTest {
    private static final Path GUIDE =
            LauncherTest.launcher().resolveSibling("docs").resolve("guide.md");

    private static final long HANG_SECONDS = 60;

    private static final LoopOptions POLL = LoopOptions.builder().backend("poll").build();

    /** So often has a command written nothing since the last look, a millisecond before. */
    private static final int STANDS_STILL = 100;

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

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "children are started on Linux only")
    void theCommandServerAnswersWithWhatTheCommandPrints() throws Exception {
        assumeTrue(ChildrenHere.canBeStarted(POLL), "children");
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

    /** What was paused for a client that is gone is closed, and the command hears of it. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "children are started on Linux only")
    void theCommandServerLetsGoOfACommandWhoseClientResets() throws Exception {
        assumeTrue(ChildrenHere.canBeStarted(POLL), "children");
        WrittenProgram program = program("CommandServer");
        Process server = program.startOn("poll", port.toString(), "yes");
        try {
            Set<Path> pipes = new HashSet<>();
            Await.until(
                    "a command waits for its client",
                    () -> resetsWhileItWaits(server, pipes) || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + program.output());
            Await.until(
                    "its pipes are closed",
                    () -> Collections.disjoint(pipes, pipes(server.toHandle())));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private boolean resetsWhileItWaits(Process server, Set<Path> pipes) throws Exception {
        try (Client client = new Client(port.address())) {
            assertEquals("y", client.readLine());
            for (ProcessHandle command : server.children().toList()) {
                awaitStandstill(command);
                pipes.addAll(pipes(command));
            }
            client.reset();
            return !pipes.isEmpty();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Its output is full, and stays so: nobody reads it, because the client does not. */
    private static void awaitStandstill(ProcessHandle command) throws Exception {
        Path counts = Path.of("/proc", Long.toString(command.pid()), "io");
        String[] last = {""};
        int[] unchanged = {0};
        Await.until(
                "it writes no more",
                () -> {
                    String now = Files.readString(counts);
                    unchanged[0] = now.equals(last[0]) ? unchanged[0] + 1 : 0;
                    last[0] = now;
                    return unchanged[0] == STANDS_STILL;
                });
    }

    private static Set<Path> pipes(ProcessHandle process) throws IOException {
        Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
        Set<Path> pipes = new HashSet<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path each : open) {
                try {
                    Path target = Files.readSymbolicLink(each);
                    if (target.toString().startsWith("pipe:")) {
                        pipes.add(target);
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    continue;
                }
            }
        }
        return pipes;
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
