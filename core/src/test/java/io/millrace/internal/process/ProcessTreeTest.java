// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a tree of processes is signalled that cannot be listed whole, or grows while it is. */
class ProcessTreeTest {
    private static final int ROOT = 1;
    private static final int KILL = 9;
    private static final int TERM = 15;
    private static final int CONT = 18;
    private static final int STOP = 19;

    private final RecordingSpawner system = new RecordingSpawner();

    /** What there is, by number, and whether it looks alive. */
    private final List<ProcessHandle> there = new ArrayList<>();

    private static ProcessHandle handle(long pid, boolean isAlive) {
        return (ProcessHandle)
                Proxy.newProxyInstance(
                        ProcessTreeTest.class.getClassLoader(),
                        new Class<?>[] {ProcessHandle.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("pid") ? (Object) pid : (Object) isAlive);
    }

    /** As the JDK fails without a free descriptor, and the same want makes a live one look dead. */
    @Test
    void whatWasFoundDoesNotStayStoppedWhenTheRestCannotBe() {
        there.add(handle(2, true));
        there.add(handle(3, false));
        ProcessTree tree =
                new ProcessTree(
                        system,
                        ROOT,
                        new ProcessTree.Processes() {
                            private int rounds;

                            @Override
                            public List<ProcessHandle> descendants(int root) {
                                assertEquals(ROOT, root);
                                if (rounds++ > 0) {
                                    throw new IllegalStateException("cannot open /proc");
                                }
                                return there;
                            }

                            @Override
                            public boolean isStill(int pid) {
                                return true;
                            }
                        });
        assertThrows(IllegalStateException.class, () -> tree.kill(TERM));
        assertEquals(Map.of(ROOT, CONT, 2, CONT, 3, CONT), system.signals);
    }

    /**
     * kill(2) returns before a process stops that is in fork(2), which ends first: the child comes
     * later than a list that was made at once, and its own child later still.
     */
    @Test
    void aForkThatWasUnderWayWhenItWasStoppedIsFound() {
        ProcessTree tree =
                new ProcessTree(
                        system,
                        ROOT,
                        new ProcessTree.Processes() {
                            private final Set<Integer> forked = new HashSet<>();

                            @Override
                            public List<ProcessHandle> descendants(int root) {
                                return List.copyOf(there);
                            }

                            @Override
                            public boolean isStill(int pid) {
                                assertEquals(STOP, system.signals.get(pid), "asked too early");
                                boolean isStill = pid > 2 || !forked.add(pid);
                                if (!isStill) {
                                    there.add(handle(pid + 1, true));
                                }
                                return isStill;
                            }
                        });
        assertEquals(3, tree.kill(KILL));
        assertEquals(Set.of(ROOT, 2, 3), system.signals.keySet());
    }

    /** As one that waits in vfork(2) for a child that was stopped with it. */
    @Test
    void oneThatNeverStandsIsSignalledAllTheSame() {
        there.add(handle(2, true));
        ProcessTree tree =
                new ProcessTree(
                        system,
                        ROOT,
                        new ProcessTree.Processes() {
                            @Override
                            public List<ProcessHandle> descendants(int root) {
                                return there;
                            }

                            @Override
                            public boolean isStill(int pid) {
                                return pid != ROOT;
                            }
                        });
        assertEquals(2, tree.kill(KILL));
    }
}
