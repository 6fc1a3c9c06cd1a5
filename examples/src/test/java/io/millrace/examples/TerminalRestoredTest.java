// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.RunMode;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitStatus;
import io.millrace.process.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A terminal is what it was when the process that made it raw has ended, however that came. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "its peers are children")
class TerminalRestoredTest {
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open();
        assumeTrue(!loop.backend().name().equals("nio"), "a backend with descriptors");
    }

    @AfterEach
    void close() throws IOException {
        loop.closeAll();
    }

    private void until(String what, BooleanSupplier condition) throws IOException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.NOWAIT);
            assertTrue(
                    System.nanoTime() - begun < HANG_NANOS, () -> what + " never came: " + shown);
        }
    }

    private ChildProcess start(ChildOptions.Builder options) throws IOException {
        List<Object> outcome = new ArrayList<>();
        ChildProcess.start(loop, options.build())
                .whenComplete((child, failure) -> outcome.add(failure == null ? child : failure));
        until("the start", () -> !outcome.isEmpty());
        assertTrue(outcome.get(0) instanceof ChildProcess, () -> "" + outcome);
        return (ChildProcess) outcome.get(0);
    }

    private ExitStatus end(ChildProcess child) throws IOException {
        List<ExitStatus> ends = new ArrayList<>();
        child.onExit((same, status) -> ends.add(status));
        until("the end", () -> !ends.isEmpty());
        return ends.get(0);
    }

    private String mode(Terminal terminal) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ChildProcess stty =
                start(
                        ChildOptions.builder("stty", "-g")
                                .input(ChildEnd.descriptor(terminal.fileDescriptor()))
                                .errors(ChildEnd.inherit()));
        Objects.requireNonNull(stty.output()).read((stream, chunk) -> take(said, chunk));
        List<ExitStatus> ends = new ArrayList<>();
        stty.onFinished((same, status) -> ends.add(status));
        until("stty", () -> !ends.isEmpty());
        assertTrue(ends.get(0).isSuccess());
        return said.toString(StandardCharsets.UTF_8);
    }

    private static void take(ByteArrayOutputStream into, Chunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        into.writeBytes(bytes);
    }

    private static List<String> program(String way) {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                TerminalProgram.class.getName(),
                way);
    }

    private ChildProcess startProgram(Terminal.Pair pair, String way) throws IOException {
        int descriptor = pair.terminal().fileDescriptor();
        return start(
                ChildOptions.builder(program(way))
                        .input(ChildEnd.descriptor(descriptor))
                        .output(ChildEnd.descriptor(descriptor))
                        .errors(ChildEnd.sameAsOutput()));
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"exit, code 7", "throw, code 0", "TERM, code 143", "HUP, code 129"})
    void itIsAsItWas(String way, String status) throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop);
        String before = mode(pair.terminal());
        ChildProcess child = startProgram(pair, way);
        pair.screen().read((stream, chunk) -> take(shown, chunk));
        until("ready", () -> shown.toString(StandardCharsets.UTF_8).contains("ready"));
        assertNotEquals(before, mode(pair.terminal()));
        if (way.equals("TERM") || way.equals("HUP")) {
            child.kill(way);
        } else {
            pair.screen().write(new byte[] {'x'}, 0, 1);
        }
        assertEquals(status, end(child).toString(), shown::toString);
        assertEquals(before, mode(pair.terminal()), "stty -g");
    }

    @Test
    void noneBecomesRawOnceAllWerePutBack() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop);
        String before = mode(pair.terminal());
        ChildProcess child = startProgram(pair, "late");
        pair.screen().read((stream, chunk) -> take(shown, chunk));
        until("ready", () -> shown().contains("ready"));
        pair.screen().write(new byte[] {'x'}, 0, 1);
        assertEquals("code 7", end(child).toString(), shown::toString);
        until("said", () -> shown().contains("late: "));
        assertTrue(shown().contains("no terminal becomes raw any more"), shown::toString);
        assertEquals(before, mode(pair.terminal()), "stty -g");
    }

    /** What a shell has as well that starts a program, which adopts it and ends without a close. */
    @Test
    void whatWasMadeNonBlockingBlocksAgain() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop);
        runBy(pair, "exec <\"$0\"; \"$@\"; cat /proc/self/fdinfo/0", "adopt");
        List<Boolean> nonBlocking =
                shown().lines()
                        .filter(each -> each.startsWith("flags:"))
                        .map(each -> Long.parseLong(each.substring(6).strip(), 8))
                        .map(flags -> (flags & 04000) != 0)
                        .toList();
        assertEquals(List.of(true, false), nonBlocking, shown::toString);
    }

    /** Of a session of its own whose terminal it is: only so there is another name for it. */
    @Test
    void aTerminalIsOneByWhateverNameItWasOpened() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop);
        String before = mode(pair.terminal());
        runBy(pair, "exec \"$@\" <\"$0\"", "names");
        assertTrue(shown().contains("one lets it: raw"), shown::toString);
        assertTrue(shown().contains("both let it: line"), shown::toString);
        assertEquals(before, mode(pair.terminal()), "stty -g");
    }

    /** A script that gets the terminal's path as $0 and the program as its arguments. */
    private void runBy(Terminal.Pair pair, String script, String way) throws IOException {
        String link = "/proc/self/fd/" + pair.terminal().fileDescriptor();
        List<String> command = new ArrayList<>(List.of("sh", "-c", script));
        command.add(Files.readSymbolicLink(Path.of(link)).toString());
        command.addAll(program(way));
        ChildProcess child =
                start(
                        ChildOptions.builder(command)
                                .detached(true)
                                .input(ChildEnd.ignore())
                                .errors(ChildEnd.sameAsOutput()));
        Objects.requireNonNull(child.output()).read((stream, chunk) -> take(shown, chunk));
        List<ExitStatus> ends = new ArrayList<>();
        child.onFinished((same, status) -> ends.add(status));
        until("the end", () -> !ends.isEmpty());
        assertTrue(ends.get(0).isSuccess(), shown::toString);
    }
}
