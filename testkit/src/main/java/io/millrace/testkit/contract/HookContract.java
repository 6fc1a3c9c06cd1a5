// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Check;
import io.millrace.Handle;
import io.millrace.Hook;
import io.millrace.Idle;
import io.millrace.Prepare;
import io.millrace.RunMode;
import io.millrace.Timer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hooks that start, stop and close each other and themselves, while the loop calls them. */
public abstract class HookContract extends ContractTest {
    private final Journal journal = new Journal();

    private List<Hook> hooks() {
        return List.of(Idle.open(loop()), Prepare.open(loop()), Check.open(loop()));
    }

    private void turn() throws IOException {
        loop().run(RunMode.NOWAIT);
    }

    @Test
    void aHookIsActiveFromStartToStop() throws IOException {
        for (Hook hook : hooks()) {
            assertFalse(hook.isActive());
            assertFalse(loop().isAlive());
            hook.start(journal.line("called"));
            assertTrue(hook.isActive());
            assertTrue(loop().isAlive());
            hook.stop();
            hook.stop();
            assertFalse(hook.isActive());
        }
        turn();
        journal.assertIs();
    }

    @Test
    void aSecondStartReplacesTheCallbackAndKeepsThePlace() throws IOException {
        Prepare first = Prepare.open(loop());
        Prepare second = Prepare.open(loop());
        first.start(journal.line("replaced"));
        second.start(journal.line("second"));
        first.start(journal.line("first"));
        turn();
        journal.assertIs("first", "second");
    }

    @Test
    void aHookMayStopItselfAndBeStartedAgain() throws IOException {
        for (Hook hook : hooks()) {
            hook.start(
                    () -> {
                        journal.add("called");
                        hook.stop();
                    });
        }
        turn();
        turn();
        journal.assertIs("called", "called", "called");
        Idle again = Idle.open(loop());
        again.start(journal.line("again"));
        turn();
        again.stop();
        again.start(journal.line("again"));
        turn();
        journal.assertIs("called", "called", "called", "again", "again");
    }

    @Test
    void aHookThatStopsAndStartsItselfRunsOnceATurn() throws IOException {
        for (Hook hook : hooks()) {
            restart(hook);
        }
        turn();
        journal.assertIs("called", "called", "called");
        turn();
        assertTrue(journal.count("called") == 6, journal.lines()::toString);
    }

    private void restart(Hook hook) {
        hook.start(
                () -> {
                    journal.add("called");
                    hook.stop();
                    restart(hook);
                });
    }

    @Test
    void aHookMayCloseItself() throws IOException {
        for (Hook hook : hooks()) {
            hook.onClosed(journal.line("closed"));
            hook.start(
                    () -> {
                        journal.add("called");
                        hook.close();
                    });
        }
        turn();
        journal.assertIs("called", "called", "called", "closed", "closed", "closed");
        turn();
        assertFalse(loop().isAlive());
    }

    @Test
    void aHookThatClosesTheNextTwoDoesNotCallThem() throws IOException {
        List<Check> checks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            checks.add(Check.open(loop()));
        }
        checks.get(0)
                .start(
                        () -> {
                            journal.add("0");
                            checks.get(2).close();
                            checks.get(1).close();
                        });
        for (int i = 1; i < 4; i++) {
            checks.get(i).start(journal.line("" + i));
        }
        turn();
        turn();
        journal.assertIs("0", "3", "0", "3");
    }

    @Test
    void hooksOfDifferentKindsStartEachOtherWithinTheTurn() throws IOException {
        Idle idle = Idle.open(loop());
        Prepare prepare = Prepare.open(loop());
        Check check = Check.open(loop());
        check.start(
                () -> {
                    journal.add("check");
                    check.stop();
                    startAll(idle, prepare, check);
                });
        turn();
        journal.assertIs("check");
        turn();
        journal.assertIs("check", "idle", "prepare", "check");
        turn();
        assertFalse(loop().isAlive());
    }

    /** Idle starts prepare and prepare starts check, each stopping the one before it. */
    private void startAll(Idle idle, Prepare prepare, Check check) {
        idle.start(
                () -> {
                    journal.add("idle");
                    idle.stop();
                    prepare.start(
                            () -> {
                                journal.add("prepare");
                                prepare.stop();
                                check.start(
                                        () -> {
                                            journal.add("check");
                                            check.stop();
                                        });
                            });
                });
    }

    @Test
    void unreferencedHooksRunWhileTheLoopDoesAndDoNotKeepIt() throws IOException {
        Timer timer = Timer.open(loop());
        timer.startNanos(1_000_000, journal.line("timer"));
        for (Hook hook : hooks()) {
            hook.start(() -> {});
            hook.unref();
        }
        assertFalse(loop().run());
        journal.assertIs("timer");
    }

    @Test
    void walkMayCloseHooksThatRun() throws IOException {
        for (Hook hook : hooks()) {
            hook.onClosed(journal.line("closed"));
            hook.start(() -> loop().walk(Handle::close));
        }
        assertFalse(loop().run());
        journal.assertIs("closed", "closed", "closed");
    }
}
