// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Check;
import io.millrace.Handle;
import io.millrace.Idle;
import io.millrace.Prepare;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order in which one turn does things, and what may not delay what. */
public abstract class TurnOrderContract extends ContractTest {
    private final Journal journal = new Journal();

    @Test
    void aTurnGoesIdlePrepareWaitTasksCheckCloseTimers() throws IOException {
        Idle idle = Idle.open(loop());
        idle.start(journal.line("idle"));
        Prepare prepare = Prepare.open(loop());
        prepare.start(journal.line("prepare"));
        Check check = Check.open(loop());
        check.start(journal.line("check"));
        Timer timer = Timer.open(loop());
        timer.start(Duration.ZERO, journal.line("timer"));
        Timer closing = Timer.open(loop());
        closing.onClosed(journal.line("closed"));
        loop().execute(journal.line("task"));
        closing.close();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("idle", "prepare", "task", "check", "closed", "timer");
    }

    @Test
    void readsAreDeliveredBetweenPrepareAndCheck() throws IOException {
        TcpPair pair = connectTcp();
        Prepare prepare = Prepare.open(serverLoop());
        prepare.start(journal.line("prepare"));
        Check check = Check.open(serverLoop());
        check.start(journal.line("check"));
        pair.server().read((stream, chunk) -> journal.add("read"));
        pair.client().write(bytes(1), 0, 1);
        until("read and checked", () -> journal.has("read") && endsWith("check"));
        int read = journal.lines().indexOf("read");
        assertEquals("prepare", journal.lines().get(read - 1));
        assertEquals("check", journal.lines().get(read + 1));
    }

    private boolean endsWith(String line) {
        List<String> lines = journal.lines();
        return lines.get(lines.size() - 1).equals(line);
    }

    @Test
    void dueTimersRunOnceBeforeTheFirstTurnOfRun() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(Duration.ZERO, journal.line("timer"));
        Idle idle = Idle.open(loop());
        idle.start(
                () -> {
                    journal.add("idle");
                    loop().stop();
                });
        loop().run();
        journal.assertIs("timer", "idle");
    }

    @Test
    void hooksOfOneKindRunInTheOrderTheyWereStarted() throws IOException {
        Check first = Check.open(loop());
        Check second = Check.open(loop());
        Check third = Check.open(loop());
        third.start(journal.line("third"));
        first.start(journal.line("first"));
        second.start(journal.line("second"));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("third", "first", "second");
    }

    @Test
    void aHookStartedByItsOwnKindWaitsForTheNextTurn() throws IOException {
        Idle first = Idle.open(loop());
        Idle second = Idle.open(loop());
        first.start(
                () -> {
                    journal.add("first");
                    second.start(journal.line("second"));
                });
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first");
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first", "first", "second");
    }

    @Test
    void aHookStoppedOrClosedByAnotherDoesNotRun() throws IOException {
        Prepare first = Prepare.open(loop());
        Prepare second = Prepare.open(loop());
        Prepare third = Prepare.open(loop());
        first.start(
                () -> {
                    journal.add("first");
                    second.stop();
                    third.close();
                });
        second.start(journal.line("second"));
        third.start(journal.line("third"));
        loop().run(RunMode.NOWAIT);
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first", "first");
    }

    @Test
    void closeCallbacksRunInTheOrderOfTheCloses() throws IOException {
        Timer timer = Timer.open(loop());
        TcpPair pair = connectTcp();
        Idle idle = Idle.open(loop());
        List<Handle> handles = List.of(idle, pair.server(), pair.listener(), timer);
        for (int i = 0; i < handles.size(); i++) {
            handles.get(i).onClosed(journal.line("closed " + i));
        }
        handles.forEach(Handle::close);
        until("closed", () -> timer.isClosed());
        journal.assertIs("closed 0", "closed 1", "closed 2", "closed 3");
    }

    @Test
    void aCloseInACloseCallbackIsForTheNextTurn() throws IOException {
        Timer first = Timer.open(loop());
        Timer second = Timer.open(loop());
        second.onClosed(journal.line("second"));
        first.onClosed(
                () -> {
                    journal.add("first");
                    second.close();
                });
        first.close();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first");
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first", "second");
    }

    @Test
    void aCloseInAReadCallbackIsReportedInTheSameTurn() throws IOException {
        TcpPair pair = connectTcp();
        Check check = Check.open(serverLoop());
        Timer other = Timer.open(serverLoop());
        other.onClosed(journal.line("closed"));
        pair.server()
                .read(
                        (stream, chunk) -> {
                            journal.add("read");
                            check.start(journal.line("check"));
                            other.close();
                        });
        pair.client().write(bytes(1), 0, 1);
        until("closed", () -> journal.has("closed"));
        journal.assertIs("read", "check", "closed");
    }

    @Test
    void noCompletionRunsOnTheStackOfTheCallThatCausedIt() throws IOException {
        TcpPair pair = connectTcp();
        Timer timer = Timer.open(clientLoop());
        timer.start(Duration.ZERO, () -> callEverything(pair.client(), pair.listener()));
        until("everything ended", () -> journal.count("done") == 5);
        assertEquals("returned", journal.lines().get(0));
    }

    private void callEverything(ByteStream stream, TcpServer server) {
        stream.write(ByteBuffer.wrap(bytes(10)), (s, failure) -> journal.add("done"));
        stream.shutdown().whenComplete((s, failure) -> journal.add("done"));
        TcpStream other = TcpStream.open(clientLoop());
        other.onClosed(journal.line("done"));
        other.connect(server.localAddress()).whenComplete((s, failure) -> journal.add("done"));
        other.close();
        clientLoop().execute(journal.line("done"));
        journal.add("returned");
    }

    @Test
    void aChainOfCompletionsDoesNotHoldUpTimersOrReads() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream client = pair.client();
        pair.server().read((stream, chunk) -> journal.add("read"));
        writeForEver(client);
        Timer timer = Timer.open(clientLoop());
        timer.start(Duration.ofMillis(1), journal.line("timer"));
        until("both", () -> journal.has("timer") && journal.has("read"));
    }

    /** An empty write ends without the kernel, so the next one could follow without end. */
    private void writeForEver(ByteStream stream) {
        if (stream.isClosing()) {
            return;
        }
        byte[] bytes = journal.has("read") ? new byte[0] : bytes(1);
        stream.write(
                ByteBuffer.wrap(bytes),
                (s, failure) -> {
                    if (failure == null) {
                        writeForEver(s);
                    }
                });
    }

    @Test
    void anActiveIdleHookStarvesNeitherTimersNorReads() throws IOException {
        TcpPair pair = connectTcp();
        Idle idle = Idle.open(serverLoop());
        idle.start(journal.line("idle"));
        pair.server().read((stream, chunk) -> journal.add("read"));
        pair.client().write(bytes(1), 0, 1);
        Timer timer = Timer.open(serverLoop());
        timer.start(Duration.ofMillis(1), journal.line("timer"));
        until("both", () -> journal.has("timer") && journal.has("read"));
        assertTrue(journal.has("idle"));
    }

    @Test
    void aLoopDoesNotWaitWhileAnIdleHookRunsOrAHandleCloses() throws IOException {
        Timer far = Timer.open(loop());
        far.start(Duration.ofHours(1), journal.line("far"));
        Idle idle = Idle.open(loop());
        idle.start(() -> {});
        loop().run(RunMode.ONCE);
        idle.close();
        loop().run(RunMode.ONCE);
        far.close();
        loop().run();
        journal.assertIs();
    }

    @Test
    void unrefInPrepareEndsTheLoopWithoutAWait() throws IOException {
        Timer far = Timer.open(loop());
        far.start(Duration.ofHours(1), journal.line("far"));
        Prepare prepare = Prepare.open(loop());
        prepare.start(
                () -> {
                    far.unref();
                    prepare.unref();
                });
        loop().run();
        journal.assertIs();
    }
}
