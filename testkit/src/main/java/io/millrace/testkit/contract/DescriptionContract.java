// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** What can be seen of a loop from outside, above all while it stands still. */
public abstract class DescriptionContract extends ContractTest {
    /** So short that any turn which waits for the watch is a stall. */
    private static final String STALL_MILLIS = "1";

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.property("stall-millis", STALL_MILLIS);
    }

    @Test
    void aLoopShowsItsHandlesWithTheirQueues() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read((stream, chunk) -> {});
        pair.server().pauseReading();
        String text = serverLoop().describe();
        assertContains(text, "backend: " + serverBackend().name());
        assertContains(text, "is not run by any thread");
        assertContains(text, pair.server() + " Inbound[");
        assertContains(text, "Outbound[");
        assertContains(text, pair.listener().toString());
    }

    /** Who waits for a buffer sees how many there are, and how many somebody has. */
    @Test
    void aLoopShowsItsReceiveBuffersAndWhatItWaitsIn() throws IOException {
        TcpPair pair = connectTcp();
        List<Chunk> kept = new ArrayList<>();
        pair.server().read((stream, chunk) -> kept.add(chunk.keep()));
        pair.client().write(new byte[] {1}, 0, 1);
        until("received", () -> !kept.isEmpty());
        String driver = driverLine();
        assertTrue(driver.contains("receive buffers: "), driver);
        assertTrue(driver.matches(".* chunks made, [1-9][0-9]* on loan.*"), driver);
        kept.forEach(Chunk::release);
    }

    private String driverLine() {
        String lines = serverLoop().describe();
        return lines.lines()
                .filter(each -> each.startsWith("  driver: "))
                .findFirst()
                .orElse(lines);
    }

    @Test
    void aClosedLoopSaysSo() throws IOException {
        serverLoop().closeAll();
        String text = serverLoop().describe();
        assertContains(text, "state: closed");
        assertContains(text, "receive buffers: ");
    }

    @Test
    void anotherThreadSeesWhereALoopStandsStill() throws IOException {
        assumeReal("another thread");
        String[] seen = new String[1];
        later(() -> seen[0] = describeElsewhere());
        until("described", () -> seen[0] != null);
        assertContains(seen[0], "state: in a turn");
        assertContains(seen[0], "DescriptionContract.describeElsewhere");
        assertContains(seen[0], "Timer@");
    }

    /** A turn that was slow before it came to that is told of, too, and then once more tried. */
    @Test
    void aTurnBeyondItsLimitIsCountedAndToldWithItsStack() throws IOException {
        assumeReal("a thread that watches");
        String loop = serverLoop().toString();
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Consumer<LogRecord> listener =
                record -> {
                    String message = record.getMessage();
                    if (message.startsWith(loop) && message.contains("has been in one turn")) {
                        told.add(message);
                    }
                };
        LogTap tap = LogTap.ofStallsToo(listener);
        try {
            while (told.stream().noneMatch(each -> each.contains("standStillUntilTold"))) {
                int before = told.size();
                boolean[] done = new boolean[1];
                later(
                        () -> {
                            standStillUntilTold(told, before);
                            done[0] = true;
                        });
                until("noticed", () -> done[0]);
            }
        } finally {
            tap.close();
        }
        assertTrue(serverLoop().metrics().stalls() > 0);
    }

    private void standStillUntilTold(Queue<String> told, int before) {
        long began = System.nanoTime();
        while (told.size() == before) {
            assertTrue(System.nanoTime() - began < LoopRig.DEADLINE_NANOS, "nobody noticed");
            Thread.onSpinWait();
        }
    }

    @Test
    void withoutALimitNobodyWatches() throws IOException {
        assertEquals(0, LoopOptions.DEFAULT.properties().size());
        try (LoopRig unwatched = new LoopRig(contract().backends(), true, options -> options)) {
            unwatched.serverLoop().run(RunMode.NOWAIT);
            assertEquals(0, unwatched.serverLoop().metrics().stalls());
        }
    }

    private void later(Runnable callback) {
        Timer timer = Timer.open(serverLoop());
        timer.start(
                Duration.ZERO,
                () -> {
                    callback.run();
                    timer.close();
                });
    }

    private String describeElsewhere() {
        try {
            return CompletableFuture.supplyAsync(serverLoop()::describe)
                    .get(LoopRig.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> part + " is not in:\n" + text);
    }
}
