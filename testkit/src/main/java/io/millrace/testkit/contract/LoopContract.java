// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Handle;
import io.millrace.Idle;
import io.millrace.LoopMetrics;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.Wakeup;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** When a loop runs, when it ends, and what keeps it alive. */
public abstract class LoopContract extends ContractTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Journal journal = new Journal();

    @Test
    void aLoopWithoutHandlesIsNotAliveAndRunReturnsAtOnce() throws IOException {
        assertFalse(loop().isAlive());
        assertFalse(loop().run());
        assertFalse(loop().run(RunMode.ONCE));
        assertFalse(loop().run(RunMode.NOWAIT));
    }

    @Test
    void anActiveReferencedHandleKeepsTheLoopAlive() {
        Timer timer = Timer.open(loop());
        assertFalse(loop().isAlive());
        timer.start(LONG, () -> {});
        assertTrue(loop().isAlive());
        timer.stop();
        assertFalse(loop().isAlive());
    }

    @Test
    void anUnreferencedHandleLetsRunReturn() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(LONG, journal.line("fired"));
        timer.unref();
        TcpServer server = TcpServer.listen(loop(), anyPort(), stream -> {});
        server.unref();
        Wakeup wakeup = Wakeup.open(loop());
        wakeup.unref();
        assertFalse(loop().run());
        journal.assertIs();
    }

    @Test
    void unreferencedStreamsThatReadLetRunReturn() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.client().read(journal.reader("client"));
        for (Handle each : List.of(pair.server(), pair.client(), pair.listener())) {
            each.unref();
            assertTrue(each.isActive());
        }
        assertFalse(clientLoop().run());
        assertFalse(serverLoop().run());
        journal.assertIs();
    }

    @Test
    void aStreamIsActiveWhileItConnectsOrReads() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        TcpStream client = TcpStream.open(clientLoop());
        assertFalse(client.isActive());
        client.connect(server.localAddress()).whenComplete(journal.outcome("connected"));
        assertTrue(client.isActive());
        until("connected", () -> journal.has("connected"));
        assertFalse(client.isActive());
        client.read(journal.reader("client"));
        assertTrue(client.isActive());
        client.pauseReading();
        assertFalse(client.isActive());
        client.resumeReading();
        client.close();
        assertFalse(client.isActive());
    }

    @Test
    void referencesAreAFlagAndNotACount() {
        Timer timer = Timer.open(loop());
        timer.start(LONG, () -> {});
        timer.unref();
        timer.unref();
        assertFalse(timer.hasRef());
        timer.ref();
        assertTrue(timer.hasRef());
        assertTrue(loop().isAlive());
        timer.ref();
        timer.unref();
        assertFalse(loop().isAlive());
    }

    @Test
    void aHandleIsActiveFromStartToStop() {
        Timer timer = Timer.open(loop());
        assertFalse(timer.isActive());
        timer.start(LONG, () -> {});
        assertTrue(timer.isActive());
        timer.unref();
        assertTrue(timer.isActive());
        timer.stop();
        assertFalse(timer.isActive());
    }

    @Test
    void anOperationInFlightKeepsTheLoopRunningAlthoughItsHandleIsUnreferenced()
            throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), Handle::close);
        server.unref();
        TcpStream client = TcpStream.open(clientLoop());
        client.unref();
        client.connect(server.localAddress()).whenComplete(journal.outcome("connected"));
        assertTrue(clientLoop().isAlive());
        until("connected", () -> journal.has("connected"));
    }

    @Test
    void aClosingHandleKeepsTheLoopAliveUntilItIsClosed() throws IOException {
        Timer timer = Timer.open(loop());
        timer.onClosed(journal.line("closed"));
        timer.close();
        assertTrue(loop().isAlive());
        assertFalse(loop().run());
        journal.assertIs("closed");
    }

    @Test
    void onceMakesOneTurn() throws IOException {
        Idle idle = Idle.open(loop());
        idle.start(journal.line("idle"));
        for (int turns = 1; turns <= 5; turns++) {
            assertTrue(loop().run(RunMode.ONCE));
            assertEquals(turns, journal.count("idle"));
        }
    }

    @Test
    void onceWaitsForATimerAndRunsIt() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(Duration.ofMillis(2), journal.line("fired"));
        until("fired", () -> journal.has("fired"));
        assertFalse(loop().isAlive());
    }

    @Test
    void onceThatHasDeliveredSomethingDoesNotWaitForMore() throws IOException {
        TcpPair pair = connectTcp();
        Timer far = Timer.open(clientLoop());
        far.start(LONG, journal.line("far"));
        pair.client().write(ByteBuffer.allocate(0), journal.written("written"));
        clientLoop().run(RunMode.ONCE);
        journal.assertIs("written");
    }

    @Test
    void nowaitDoesNotWaitAndSaysThatTheLoopIsAlive() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(LONG, journal.line("fired"));
        assertTrue(loop().run(RunMode.NOWAIT));
        journal.assertIs();
    }

    @Test
    void stopEndsRunAfterTheTurnAndALaterRunGoesOn() throws IOException {
        Idle idle = Idle.open(loop());
        idle.start(
                () -> {
                    journal.add("idle");
                    loop().stop();
                });
        assertTrue(loop().run());
        journal.assertIs("idle");
        assertTrue(loop().run());
        journal.assertIs("idle", "idle");
    }

    @Test
    void stopBeforeRunIsUsedUpByIt() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(Duration.ZERO, journal.line("fired"));
        loop().stop();
        assertTrue(loop().run());
        journal.assertIs();
        assertFalse(loop().run());
        journal.assertIs("fired");
    }

    @Test
    void runInsideRunIsAnError() throws IOException {
        List<Throwable> thrown = new ArrayList<>();
        Timer timer = Timer.open(loop());
        timer.start(
                Duration.ZERO,
                () -> thrown.add(assertThrows(IllegalStateException.class, loop()::run)));
        loop().run();
        assertEquals(1, thrown.size());
    }

    @Test
    void theTimeIsCachedDuringATurnAndReadAnewWhenAsked() throws IOException {
        long before = loop().now();
        Timer timer = Timer.open(loop());
        timer.start(
                Duration.ofMillis(1),
                () -> {
                    long turn = loop().now();
                    LockSupport.parkNanos(1_000);
                    assertEquals(turn, loop().now());
                    loop().updateTime();
                    assertTrue(loop().now() - turn >= 0);
                });
        until("the timer has fired", () -> !timer.isActive());
        assertTrue(loop().now() - before >= 1_000_000);
    }

    @Test
    void walkShowsEveryOpenHandleInOrderOfCreation() throws IOException {
        Timer first = Timer.open(loop());
        Idle second = Idle.open(loop());
        TcpServer third = TcpServer.listen(loop(), anyPort(), stream -> {});
        List<Handle> seen = new ArrayList<>();
        loop().walk(seen::add);
        assertEquals(List.of(first, second, third), seen);
        second.close();
        loop().run(RunMode.NOWAIT);
        seen.clear();
        loop().walk(seen::add);
        assertEquals(List.of(first, third), seen);
    }

    @Test
    void aHandleSaysItsKindByTheNameThatUsersKnow() throws IOException {
        for (Handle handle :
                List.of(
                        Timer.open(loop()),
                        Idle.open(loop()),
                        Wakeup.open(loop()),
                        TcpStream.open(loop()),
                        TcpServer.listen(loop(), anyPort(), stream -> {}))) {
            String kind = handle.toString().replaceFirst("@.*", "");
            assertTrue(
                    List.of("Timer", "Idle", "Wakeup", "TcpStream", "TcpServer").contains(kind),
                    handle::toString);
        }
    }

    @Test
    void walkMayCloseWhatItVisits() throws IOException {
        for (int i = 0; i < 5; i++) {
            Timer.open(loop()).onClosed(journal.line("closed"));
        }
        loop().walk(Handle::close);
        assertFalse(loop().run());
        assertEquals(5, journal.count("closed"));
    }

    @Test
    void aLoopWithHandlesRefusesToClose() throws IOException {
        Timer timer = Timer.open(loop());
        assertRefused("closeAll", () -> loop().close());
        timer.close();
        loop().run();
        loop().close();
        loop().close();
        assertThrows(IllegalStateException.class, () -> Timer.open(loop()));
        assertThrows(IllegalStateException.class, () -> loop().run());
    }

    @Test
    void closeAllClosesEveryHandleAndThenTheLoop() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().onClosed(journal.line("stream"));
        pair.listener().onClosed(journal.line("listener"));
        Timer timer = Timer.open(serverLoop());
        timer.start(LONG, journal.line("fired"));
        pair.client().close();
        until("client closed", () -> pair.client().isClosed());
        assertFalse(serverLoop().isClosed());
        serverLoop().closeAll();
        assertTrue(serverLoop().isClosed());
        assertTrue(journal.has("stream") && journal.has("listener"));
        assertFalse(journal.has("fired"));
        serverLoop().closeAll();
    }

    @Test
    void aLoopHasAsManyChunksAsThereMayBeAndNoMore() throws IOException {
        LoopOptions.Builder options = LoopOptions.builder();
        int most = LoopOptions.MOST_CHUNKS;
        assertThrows(IllegalArgumentException.class, () -> options.chunks(most + 1, 0));
        int large = LoopOptions.MOST_CHUNK_BYTES + 1;
        assertThrows(IllegalArgumentException.class, () -> options.chunks(0, large));
        rig().open(serverBackend(), isRefereed(), each -> each.chunks(most, 512));
    }

    @Test
    void closeInsideACallbackIsRefused() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(
                Duration.ZERO,
                () -> {
                    assertThrows(IllegalStateException.class, () -> loop().close());
                    assertThrows(IllegalStateException.class, () -> loop().closeAll());
                    journal.add("refused");
                });
        loop().run();
        journal.assertIs("refused");
    }

    @Test
    void aLoopSaysWhichBackendItRunsOnAndWhy() {
        assertEquals(serverBackend().name(), loop().backend().name());
        assertFalse(loop().backend().reason().isBlank());
    }

    @Test
    void metricsCountTurnsEventsAndBytes() throws IOException {
        TcpPair pair = connectTcp();
        LoopMetrics before = serverLoop().metrics();
        pair.server().read(journal.reader("server"));
        pair.client().write(bytes(1000), 0, 1000);
        until("bytes", () -> journal.receivedCount() == 1000);
        LoopMetrics after = serverLoop().metrics();
        assertTrue(after.turns() > before.turns());
        assertTrue(after.events() > before.events());
        assertEquals(1000, after.bytesReceived() - before.bytesReceived());
        assertTrue(after.idleNanos() >= before.idleNanos());
        assertTrue(clientLoop().metrics().bytesSent() >= 1000);
    }

    /** Those that a turn finds without having to wait, as every turn here. */
    @Test
    void metricsCountEventsThatWereWaitingApart() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.client().write(bytes(10), 0, 10);
        LoopMetrics before = serverLoop().metrics();
        long deadline = System.nanoTime() + LoopRig.DEADLINE_NANOS;
        while (journal.receivedCount() < 10) {
            clientLoop().run(RunMode.NOWAIT);
            serverLoop().run(RunMode.NOWAIT);
            assertTrue(System.nanoTime() - deadline < 0, "nothing arrived");
        }
        LoopMetrics after = serverLoop().metrics();
        long events = after.events() - before.events();
        assertTrue(events > 0);
        assertEquals(events, after.eventsAlreadyWaiting() - before.eventsAlreadyWaiting());
        assertEquals(before.idleNanos(), after.idleNanos());
    }

    @Test
    void anAttachmentStaysWithItsHandle() {
        Timer timer = Timer.open(loop());
        assertEquals(null, timer.attachment());
        timer.attach("mine");
        assertEquals("mine", timer.attachment());
    }
}
