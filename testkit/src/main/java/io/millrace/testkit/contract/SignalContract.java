// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.SignalWatch;
import io.millrace.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Signals that this process sends itself by the program kill. Those that end a process are tried in
 * processes of their own.
 */
public abstract class SignalContract extends ContractTest {
    private final Journal journal = new Journal();

    @BeforeEach
    void needKill() {
        assumeReal("a signal");
        assumeFalse(
                System.getProperty("os.name", "").startsWith("Windows"), "no signals to speak of");
    }

    /** Returns when it was sent, which the loops may not know yet. */
    private void kill(String signal) throws IOException {
        Process kill =
                new ProcessBuilder("kill", "-" + signal, "" + ProcessHandle.current().pid())
                        .start();
        try {
            assertEquals(0, kill.waitFor());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    private SignalWatch watch(String signal, String line) {
        return SignalWatch.start(loop(), signal, watch -> journal.add(line));
    }

    @Test
    void eachSignalIsToldToEachWatchInTheOrderOfTheStarts() throws IOException {
        SignalWatch second = SignalWatch.open(loop(), "SIGUSR1");
        watch("USR1", "first");
        second.start(watch -> journal.add("second"));
        watch("usr1", "third");
        assertEquals("USR1", second.signal());
        kill("USR1");
        until("told", () -> journal.lines().size() == 3);
        kill("USR1");
        until("told again", () -> journal.lines().size() == 6);
        journal.assertIs("first", "second", "third", "first", "second", "third");
    }

    @Test
    void whatDoesNotEndAProcessIsToldAndWhatDoesIsNotItsEndWhileItIsWatched() throws IOException {
        for (String signal : List.of("WINCH", "HUP", "TERM", "INT", "USR2", "CHLD", "CONT")) {
            if (isIgnored(signal)) {
                continue;
            }
            SignalWatch watch = watch(signal, signal);
            kill(signal);
            until(signal, () -> journal.has(signal));
            watch.close();
        }
    }

    /** Who starts a build with nohup, or in the background, has it ignore some. */
    private static boolean isIgnored(String signal) throws IOException {
        int number = List.of("", "HUP", "INT").indexOf(signal);
        Path status = Path.of("/proc/self/status");
        if (number < 0 || !Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(ignored -> (ignored >> (number - 1) & 1) != 0);
    }

    @Test
    void watchesOfTwoLoopsAreToldOnTheirLoops() throws IOException {
        SignalWatch.start(
                clientLoop(),
                "USR1",
                watch -> journal.add("client " + clientLoop().inLoop() + watch.isActive()));
        watch("USR1", "server");
        kill("USR1");
        until("told", () -> journal.lines().size() == 2);
        assertTrue(journal.has("client truetrue") && journal.has("server"));
    }

    @Test
    void oneShotIsToldOnce() throws IOException {
        watch("USR1", "other");
        SignalWatch once = SignalWatch.open(loop(), "USR1");
        once.startOnce(watch -> journal.add("once " + watch.isActive()));
        kill("USR1");
        until("told", () -> journal.lines().size() == 2);
        kill("USR1");
        until("told again", () -> journal.count("other") == 2);
        journal.assertIs("other", "once false", "other");
        once.startOnce(watch -> journal.add("once more"));
        kill("USR1");
        until("once more", () -> journal.has("once more"));
    }

    @Test
    void whatAStopOrCloseOvertakesIsToldToNobody() throws IOException {
        SignalWatch second = SignalWatch.open(loop(), "USR1");
        SignalWatch third = SignalWatch.open(loop(), "USR1");
        SignalWatch.start(
                loop(),
                "USR1",
                watch -> {
                    journal.add("first");
                    watch.stop();
                    second.stop();
                    third.close();
                });
        second.start(watch -> journal.add("second"));
        third.start(watch -> journal.add("third"));
        kill("USR1");
        until("told", () -> journal.has("first"));
        settle();
        journal.assertIs("first");
        second.start(watch -> journal.add("anew"));
        settle();
        journal.assertIs("first");
        kill("USR1");
        until("told", () -> journal.has("anew"));
    }

    @Test
    void whatSomebodyElseHasInstalledMeanwhileStays() throws IOException {
        SignalWatch watch = watch("USR1", "watch");
        AtomicInteger others = new AtomicInteger();
        Runnable counting = () -> loop().execute(others::incrementAndGet);
        Object ours = JdkSignals.handle("USR1", counting);
        watch.close();
        kill("USR1");
        Timer keeps = Timer.open(loop());
        keeps.start(Duration.ofMinutes(1), () -> {});
        until("the other is told", () -> others.get() == 1);
        journal.assertIs();
        SignalWatch next = watch("USR1", "next");
        kill("USR1");
        until("told", () -> journal.has("next"));
        next.close();
        kill("USR1");
        until("the other is told again", () -> others.get() == 2);
        JdkSignals.handle("USR1", ours);
        watch("USR1", "after").close();
    }

    @Test
    void whatNobodyCanCatchOrTheVirtualMachineNeedsIsRefusedWithTheReason() {
        for (String signal : List.of("KILL", "STOP", "SEGV", "BUS", "FPE", "ILL", "SIGQUIT")) {
            UnsupportedOperationException refusal =
                    assertThrows(
                            UnsupportedOperationException.class,
                            () -> SignalWatch.open(loop(), signal));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.matches(".*(nobody can catch|virtual machine needs).*"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> SignalWatch.open(loop(), "NONE"));
        assertThrows(IllegalArgumentException.class, () -> SignalWatch.open(loop(), ""));
    }

    @Test
    void itIsActiveWhileItIsStartedAndWhatItThrowsClosesIt() throws IOException {
        SignalWatch watch = SignalWatch.open(loop(), "USR1");
        assertTrue(!watch.isActive() && watch.toString().startsWith("SignalWatch@"));
        SignalWatch keeps = watch("USR1", "keeps");
        RuntimeException thrown = new IllegalStateException("on purpose");
        rig().allowUncaught();
        watch.start(
                same -> {
                    throw thrown;
                });
        assertTrue(watch.isActive() && keeps.isActive());
        watch.unref();
        kill("USR1");
        until("closed", watch::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
        until("told", () -> journal.has("keeps"));
        keeps.stop();
        assertTrue(!keeps.isActive());
        untilDone();
    }
}
