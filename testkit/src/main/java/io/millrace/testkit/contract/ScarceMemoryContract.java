// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import io.millrace.testkit.script.LittleMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lack of direct memory slows down and ends nobody, wherever it strikes; only a loop that has too
 * little to begin with is not opened, and says so.
 */
public abstract class ScarceMemoryContract extends ContractTest {
    private static final int BYTES = 200_000;

    private Path directory;

    @BeforeEach
    void makeDirectory(@TempDir Path fresh) {
        directory = fresh;
    }

    @Test
    void whereverASingleRequestIsRefusedEverythingIsServed() throws IOException {
        strikeEverywhere((refused, request) -> request == refused);
    }

    @Test
    void whereverMemoryRunsOutForAWhileEverythingIsServed() throws IOException {
        strikeEverywhere((refused, request) -> request >= refused && request < refused + 5);
    }

    @Test
    void whereverMemoryRunsOutForGoodEverythingIsServed() throws IOException {
        strikeEverywhere((refused, request) -> request >= refused);
    }

    private interface Strike {
        boolean refuses(int refused, int request);
    }

    /** Until the scenario is over before so many requests were made. */
    private void strikeEverywhere(Strike strike) throws IOException {
        // What the JDK opens once a process and keeps is open after this.
        LoopRig first = new LoopRig(contract().backends(), true, this::configure);
        try (first) {
            new Scenario(first).run();
        }
        play(request -> false);
        int refused = 1;
        boolean struck = true;
        while (struck) {
            int at = refused++;
            struck = play(request -> strike.refuses(at, request)) > 0;
        }
        assertTrue(refused > 3, "nothing was asked for");
    }

    /** Answers how many requests were refused. */
    private int play(IntPredicate refuses) throws IOException {
        String files = Pattern.quote(directory.toString()) + ".*";
        OpenDescriptors before = OpenDescriptors.matching("(socket|pipe|anon_inode):.*|" + files);
        int refused;
        try (LittleMemory memory = new LittleMemory(refuses)) {
            LoopRig rig = open(memory);
            if (rig != null) {
                try (rig) {
                    new Scenario(rig).run();
                }
            }
            refused = memory.refused();
        }
        before.assertNoMore("after " + refused + " refusals");
        return refused;
    }

    private @Nullable LoopRig open(LittleMemory memory) throws IOException {
        try {
            return new LoopRig(contract().backends(), true, this::configure);
        } catch (IoException refusal) {
            assertEquals(Code.NO_MEMORY, refusal.code());
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("-XX:MaxDirectMemorySize"), message);
            assertTrue(memory.refused() > 0, message);
            return null;
        }
    }

    /** A connection that is echoed, and a file that is written, read, sent and closed. */
    private final class Scenario {
        private final LoopRig rig;
        private final EventLoop serverLoop;
        private final List<TcpStream> accepted = new ArrayList<>();
        private final Journal client = new Journal();
        private final Journal ends = new Journal();
        private final byte[] content = bytes(BYTES);

        Scenario(LoopRig rig) {
            this.rig = rig;
            serverLoop = rig.serverLoop();
        }

        void run() throws IOException {
            TcpServer server = TcpServer.listen(serverLoop, anyPort(), this::echo);
            TcpStream stream = TcpStream.open(rig.clientLoop());
            stream.connect(server.localAddress()).whenComplete(ends.outcome("connect"));
            stream.read(client.reader("client"));
            stream.write(ByteBuffer.wrap(content), ends.written("write"));
            rig.until("echoed", () -> client.receivedCount() >= BYTES);
            assertArrayEquals(content, client.received());
            rig.until("written", () -> ends.lines().size() >= 2);
            useFile();
            sendFile(stream);
            rig.until("sent", () -> ends.lines().size() >= 6);
            ends.assertIs("connect", "write", "file written", "file read " + BYTES, "sync", "sent");
            stream.close();
            accepted.forEach(Handle::close);
            server.close();
            rig.untilDone();
            assertNoHandles(rig.clientLoop());
            assertNoHandles(serverLoop);
        }

        private void echo(TcpStream stream) {
            accepted.add(stream);
            stream.read((from, chunk) -> from.write(chunk));
        }

        private void useFile() throws IOException {
            Path path = directory.resolve("file");
            List<AsyncFile> opened = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            AsyncFile.open(
                            serverLoop,
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING)
                    .whenComplete(
                            (file, failure) -> {
                                if (failure == null) {
                                    opened.add(file);
                                } else {
                                    failures.add(failure);
                                }
                            });
            rig.until("opened", () -> !opened.isEmpty() || !failures.isEmpty());
            assertEquals(List.of(), failures);
            AsyncFile file = opened.get(0);
            file.write(
                    ByteBuffer.wrap(content),
                    0,
                    (of, buffer, failure) -> ends.add("file written" + Journal.symbol(failure)));
            rig.until("file written", () -> ends.lines().size() >= 3);
            file.readFully(
                    ByteBuffer.allocateDirect(BYTES),
                    0,
                    (of, buffer, count) -> ends.add("file read " + count));
            rig.until("file read", () -> ends.lines().size() >= 4);
            file.sync((of, failure) -> ends.add("sync" + Journal.symbol(failure)));
            rig.until("synced", () -> ends.lines().size() >= 5);
            assertArrayEquals(content, Files.readAllBytes(path));
            file.close();
            rig.until("file closed", file::isClosed);
        }

        private void sendFile(TcpStream stream) throws IOException {
            stream.sendFile(directory.resolve("file"), 0, -1, ends.written("sent"));
            rig.until("echoed again", () -> client.receivedCount() >= 2 * BYTES);
        }

        private void assertNoHandles(EventLoop loop) {
            List<Object> handles = new ArrayList<>();
            loop.walk(handles::add);
            assertEquals(List.of(), handles);
            assertTrue(!loop.isAlive(), "the loop has something left to do");
        }
    }
}
