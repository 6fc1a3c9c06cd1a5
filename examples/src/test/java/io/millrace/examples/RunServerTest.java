// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A program's output goes to every reader, as fast as the slowest takes it, and then its end. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "children")
class RunServerTest {
    private static final long HANG_SECONDS = 60;
    private static final int MUCH = 32 << 20;
    private static final int PART = 64 << 10;

    private EventLoopGroup group;
    private InetSocketAddress address;

    @BeforeEach
    void open() throws IOException {
        group = EventLoopGroup.open(1, LoopOptions.builder().build());
        assumeTrue(!group.loops().get(0).backend().name().equals("nio"), "a backend with children");
    }

    @AfterEach
    void close() {
        group.close();
    }

    private RunServer serve(String... command) throws Exception {
        EventLoop loop = group.loops().get(0);
        RunServer server = new RunServer(List.of(command));
        CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        loop.execute(
                () -> {
                    try {
                        bound.complete(server.open(loop, any, false));
                    } catch (IOException failure) {
                        bound.completeExceptionally(failure);
                    }
                });
        address = bound.get(HANG_SECONDS, TimeUnit.SECONDS);
        server.ready().toCompletableFuture().get(HANG_SECONDS, TimeUnit.SECONDS);
        return server;
    }

    private Client reader() throws IOException {
        Client client = new Client(address, 4096);
        client.send("GET / HTTP/1.0\r\nHost: here\r\n\r\n");
        String line = client.readLine();
        while (!line.strip().isEmpty()) {
            line = client.readLine();
        }
        return client;
    }

    /**
     * The FIFO that the program reads lines from. It is open both ways: so opening it waits for
     * nobody, and a program that opens it again for the next line cannot meet the end of the last.
     */
    private static RandomAccessFile whatItWaitsFor(Path fifo) throws Exception {
        Await.until("it waits", () -> Files.exists(fifo));
        return new RandomAccessFile(fifo.toFile(), "rw");
    }

    @Test
    void readersBeyondTheLimitAreSentAwayUntilOneHasGone() throws Exception {
        serve("cat", "/dev/zero");
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < RunServer.MOST_READERS; i++) {
            all.add(reader());
        }
        try (Client beyond = new Client(address, 4096)) {
            beyond.send("GET / HTTP/1.0\r\nHost: here\r\n\r\n");
            assertTrue(beyond.readLine().contains("503"));
        }
        all.remove(0).close();
        boolean isServed = false;
        while (!isServed) {
            try (Client next = new Client(address, 4096)) {
                next.send("GET / HTTP/1.0\r\nHost: here\r\n\r\n");
                isServed = next.readLine().contains("200");
            }
        }
        for (Client each : all) {
            each.close();
        }
    }

    @Test
    void readersGetWhatComesAndNewOnesTheLastOfWhatCame(@TempDir Path directory) throws Exception {
        Path go = directory.resolve("go");
        serve(
                "sh",
                "-c",
                "mkfifo \"$0\"; echo first; read line <\"$0\"; echo $line; read line <\"$0\"",
                go.toString());
        try (Client one = reader();
                Client two = reader();
                RandomAccessFile told = whatItWaitsFor(go)) {
            assertEquals("first", one.readLine());
            assertEquals("first", two.readLine());
            told.writeBytes("second\n");
            assertEquals("second", one.readLine());
            assertEquals("second", two.readLine());
            try (Client late = reader()) {
                assertEquals("first", late.readLine());
                assertEquals("second", late.readLine());
                told.writeBytes("end\n");
                assertTrue(late.isAtEnd() && one.isAtEnd() && two.isAtEnd());
            }
        }
    }

    /** A program that writes 32 MiB gets no further than buffers are large, and on when it may. */
    @Test
    void theSlowestReaderHoldsTheProgramUp(@TempDir Path directory) throws Exception {
        Path done = directory.resolve("done");
        Path go = directory.resolve("go");
        String script =
                "mkfifo \"$1\"; read line <\"$1\"; head -c "
                        + MUCH
                        + " /dev/zero; echo end; echo >\"$0\"";
        serve("sh", "-c", script, done.toString(), go.toString());
        try (Client fast = reader();
                Client slow = reader();
                RandomAccessFile told = whatItWaitsFor(go)) {
            told.writeBytes("go\n");
            fast.read(PART);
            assertTrue(!Files.exists(done), "it has written all, and nobody has read it");
            FutureTask<Void> draining =
                    new FutureTask<>(
                            () -> {
                                drain(fast, PART);
                                return null;
                            });
            new Thread(draining).start();
            drain(slow, 0);
            draining.get(HANG_SECONDS, TimeUnit.SECONDS);
        }
        assertTrue(Files.exists(done));
    }

    private static void drain(Client client, int begun) throws IOException {
        for (int i = begun; i < MUCH; i += PART) {
            client.read(PART);
        }
        assertEquals("end", client.readLine());
        assertTrue(client.isAtEnd());
    }

    @Test
    void whoGoesHoldsNobodyUp(@TempDir Path directory) throws Exception {
        Path go = directory.resolve("go");
        String script =
                "mkfifo \"$0\"; read line <\"$0\"; head -c " + MUCH + " /dev/zero; echo end";
        serve("sh", "-c", script, go.toString());
        try (Client stays = reader();
                RandomAccessFile told = whatItWaitsFor(go)) {
            Client goes = reader();
            told.writeBytes("go\n");
            goes.read(PART);
            goes.close();
            drain(stays, 0);
        }
    }

    @Test
    void theProgramEndsWithTheServer() throws Exception {
        RunServer server = serve("sh", "-c", "echo $$; exec sleep 300");
        try (Client client = reader()) {
            ProcessHandle child = ProcessHandle.of(Long.parseLong(client.readLine())).orElseThrow();
            EventLoop loop = group.loops().get(0);
            CompletableFuture<Void> finished = new CompletableFuture<>();
            loop.execute(
                    () ->
                            server.finish(loop)
                                    .whenComplete((none, failure) -> finished.complete(none)));
            assertTrue(client.isAtEnd());
            finished.get(HANG_SECONDS, TimeUnit.SECONDS);
            child.onExit().get(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }
}
