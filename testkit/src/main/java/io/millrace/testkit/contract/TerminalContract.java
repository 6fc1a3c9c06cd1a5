// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.DescriptorKind;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import io.millrace.process.Terminal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.function.Executable;

/** Terminals, with a pseudo-terminal of this process's own, and programs that know them. */
public abstract class TerminalContract extends ContractTest {
    private final Journal journal = new Journal();

    @BeforeEach
    void needDescriptors(TestInfo test) {
        assumeReal("a terminal");
        boolean isRefusal = test.getDisplayName().startsWith("whereThereAreNone");
        assumeTrue(isRefusal || haveDescriptors(), "no descriptors");
    }

    private String text() {
        return new String(journal.received(), StandardCharsets.UTF_8);
    }

    private static void type(Pipe screen, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        screen.write(bytes, 0, bytes.length);
    }

    @Test
    void inLineModeALineComesWholeAndIsShown() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop());
        assertEquals(Terminal.Mode.LINE, pair.terminal().mode());
        pair.terminal().read(journal.reader("terminal"));
        type(pair.screen(), "abd\u007fc");
        settle();
        assertEquals("", text());
        type(pair.screen(), "\n");
        until("a line", () -> text().equals("abc\n"));
        Journal shown = new Journal();
        pair.screen().read(shown.reader("screen"));
        until("shown", () -> shown.receivedCount() > 0);
        type(pair.screen(), "\u0004");
        until("the end", () -> journal.has("terminal end"));
    }

    @Test
    void inRawModeEachByteComesAsItIsTypedAndNothingIsShown() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop());
        Journal shown = new Journal();
        pair.screen().read(shown.reader("screen"));
        pair.terminal().read(journal.reader("terminal"));
        pair.terminal().mode(Terminal.Mode.RAW);
        pair.terminal().mode(Terminal.Mode.RAW);
        assertEquals(Terminal.Mode.RAW, pair.terminal().mode());
        type(pair.screen(), "a\u0003\u0004\r");
        until("typed", () -> text().equals("a\u0003\u0004\r"));
        pair.terminal().write(new byte[] {'x', '\n'}, 0, 2);
        until("shown", () -> shown.receivedCount() >= 2);
        assertEquals("x\n", new String(shown.received(), StandardCharsets.UTF_8));
        pair.terminal().mode(Terminal.Mode.LINE);
        pair.terminal().write(new byte[] {'y', '\n'}, 0, 2);
        until("shown", () -> shown.receivedCount() >= 5);
        assertEquals("x\ny\r\n", new String(shown.received(), StandardCharsets.UTF_8));
    }

    /** What stty says of the terminal. */
    private String stty(Terminal terminal, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        List<ChildProcess> started = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        ChildProcess.start(
                        loop(),
                        ChildOptions.builder(command)
                                .input(ChildEnd.descriptor(terminal.fileDescriptor()))
                                .errors(ChildEnd.sameAsOutput())
                                .build())
                .whenComplete(
                        (child, failure) -> {
                            if (failure == null) {
                                started.add(child);
                            } else {
                                failures.add(failure);
                            }
                        });
        until("started", () -> started.size() + failures.size() == 1);
        assertEquals(List.of(), failures);
        Journal said = new Journal();
        Objects.requireNonNull(started.get(0).output()).read(said.reader("stty"));
        List<ExitStatus> ends = new ArrayList<>();
        started.get(0).onFinished((same, status) -> ends.add(status));
        until("stty has ended", () -> !ends.isEmpty());
        String text = new String(said.received(), StandardCharsets.UTF_8);
        assertTrue(ends.get(0).isSuccess(), text);
        return text;
    }

    private boolean isRaw(Terminal terminal) throws IOException {
        return stty(terminal, "-a").contains("-icanon");
    }

    @Test
    void aCloseRestoresTheModeAndTheLastOneDoesOfSeveral() throws IOException {
        assumeTrue(isLinux(), "stty is a child here");
        Terminal.Pair pair = Terminal.openPair(loop());
        Terminal first = Terminal.open(loop(), pair.terminal().fileDescriptor());
        Terminal second = Terminal.open(loop(), pair.terminal().fileDescriptor());
        String before = stty(pair.terminal(), "-g");
        first.mode(Terminal.Mode.RAW);
        second.mode(Terminal.Mode.RAW);
        assertTrue(isRaw(pair.terminal()));
        first.close();
        until("closed", first::isClosed);
        assertTrue(isRaw(pair.terminal()));
        second.close();
        until("closed", second::isClosed);
        assertEquals(before, stty(pair.terminal(), "-g"));
    }

    @Test
    void itsSizeIsKnownAndAChangeIsTold() throws Exception {
        Terminal.Pair pair = Terminal.openPair(loop());
        Terminal terminal = pair.terminal();
        terminal.read(journal.reader("terminal"));
        terminal.size(new Terminal.Size(80, 24));
        assertEquals(new Terminal.Size(80, 24), terminal.size());
        terminal.onSize((same, size) -> journal.add(size.columns() + "x" + size.rows()));
        winch();
        settle();
        assertEquals(List.of(), journal.lines(), "nothing has changed");
        terminal.size(new Terminal.Size(132, 43));
        winch();
        until("told", () -> journal.has("132x43"));
        if (isLinux()) {
            assertEquals("43 132", stty(terminal, "size").strip());
        }
        terminal.onSize((same, size) -> journal.add("other " + size.columns()));
        terminal.size(new Terminal.Size(40, 43));
        winch();
        until("told", () -> journal.has("other 40"));
        assertEquals(2, journal.lines().size());
        assertThrows(IllegalArgumentException.class, () -> terminal.size(new Terminal.Size(-1, 1)));
    }

    /** A terminal that is not this process's own does not send it. */
    private static void winch() throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-WINCH", "" + ProcessHandle.current().pid()).start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    void theDescriptorItWasOpenedOfStaysAsItIs() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop());
        int descriptor = pair.terminal().fileDescriptor();
        Terminal opened = Terminal.open(loop(), descriptor);
        assertTrue(opened.fileDescriptor() != descriptor);
        opened.close();
        until("closed", opened::isClosed);
        pair.terminal().read(journal.reader("terminal"));
        type(pair.screen(), "still\n");
        until("read", () -> text().equals("still\n"));
    }

    /** A side of screen and keyboard that is this process's own would be another pair's anew. */
    @Test
    void whatCannotBeOpenedAnewBlocksAgainAfterTheLast() throws IOException {
        assumeTrue(isLinux(), "descriptors of others");
        Set<Integer> before = openDescriptors();
        try (RandomAccessFile screen = new RandomAccessFile("/dev/ptmx", "rw")) {
            assertTrue(screen.getFD().valid());
            Set<Integer> after = openDescriptors();
            after.removeAll(before);
            int descriptor = after.iterator().next();
            assertFalse(isNonBlocking(descriptor));
            Terminal first = Terminal.open(loop(), descriptor);
            Terminal second = Terminal.open(loop(), descriptor);
            assertTrue(isNonBlocking(descriptor));
            first.close();
            until("closed", first::isClosed);
            assertTrue(isNonBlocking(descriptor), "the second would wait");
            Terminal third = Terminal.open(loop(), second.fileDescriptor());
            second.close();
            until("closed", second::isClosed);
            assertTrue(isNonBlocking(descriptor), "the third would wait");
            third.close();
            until("closed", third::isClosed);
            assertFalse(isNonBlocking(descriptor));
        }
    }

    private static Set<Integer> openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(each -> isLinkTo(each, "ptmx"))
                    .map(each -> Integer.parseInt(each.getFileName().toString()))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    private static boolean isLinkTo(Path link, String name) {
        try {
            return Files.readSymbolicLink(link).endsWith(name);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    void whenTheScreenHasGoneThatIsTheEnd() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop());
        pair.terminal().read(journal.reader("terminal"));
        pair.screen().close();
        until("the end", () -> journal.has("terminal end"));
        Terminal.Pair other = Terminal.openPair(loop());
        other.screen().read(journal.reader("screen"));
        other.terminal().close();
        until("the end", () -> journal.has("screen end"));
    }

    @Test
    void whatADescriptorIsIsKnown() throws IOException {
        Terminal.Pair pair = Terminal.openPair(loop());
        Pipe.Pair pipe = Pipe.open(loop());
        TcpPair tcp = connectTcp();
        assertEquals(
                DescriptorKind.TERMINAL, Terminal.kindOf(loop(), pair.terminal().fileDescriptor()));
        assertEquals(
                DescriptorKind.TERMINAL, Terminal.kindOf(loop(), pair.screen().fileDescriptor()));
        assertEquals(DescriptorKind.PIPE, Terminal.kindOf(loop(), pipe.source().fileDescriptor()));
        assertEquals(DescriptorKind.SOCKET, Terminal.kindOf(loop(), tcp.client().fileDescriptor()));
        assertFails("EBADF", () -> Terminal.kindOf(loop(), 1 << 20));
        assertFails("EBADF", () -> Terminal.open(loop(), 1 << 20));
        assertFails("ENOTTY", () -> Terminal.open(loop(), pipe.source().fileDescriptor()));
        assertThrows(IllegalArgumentException.class, () -> Terminal.open(loop(), -1));
        assertThrows(IllegalArgumentException.class, () -> Terminal.kindOf(loop(), -1));
    }

    private static void assertFails(String name, Executable call) {
        IoException failure = assertThrows(IoException.class, call);
        assertEquals(name, failure.errorName(), failure::toString);
    }

    @Test
    void aProgramThatAsksFindsATerminal() throws IOException {
        assumeTrue(isLinux(), "children");
        Terminal.Pair pair = Terminal.openPair(loop());
        List<ExitStatus> ends = new ArrayList<>();
        ChildProcess.start(
                        loop(),
                        ChildOptions.builder("sh", "-c", "test -t 0 && test -t 1 && echo yes")
                                .input(ChildEnd.descriptor(pair.terminal().fileDescriptor()))
                                .output(ChildEnd.descriptor(pair.terminal().fileDescriptor()))
                                .errors(ChildEnd.sameAsOutput())
                                .build())
                .thenAccept(child -> child.onExit((same, status) -> ends.add(status)));
        pair.screen().read(journal.reader("screen"));
        until("shown", () -> text().equals("yes\r\n") && !ends.isEmpty());
        assertTrue(ends.get(0).isSuccess());
    }

    @Test
    void whereThereAreNoneThatIsSaid() {
        if (haveDescriptors()) {
            return;
        }
        for (Executable call :
                List.<Executable>of(
                        () -> Terminal.open(loop(), 0),
                        () -> Terminal.openPair(loop()),
                        () -> Terminal.kindOf(loop(), 0))) {
            String message =
                    String.valueOf(
                            assertThrows(UnsupportedOperationException.class, call).getMessage());
            assertTrue(message.contains("no descriptors"), message);
        }
    }
}
