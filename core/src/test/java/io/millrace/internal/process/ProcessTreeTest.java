// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a tree of processes is signalled that cannot be listed whole. */
class ProcessTreeTest {
    private static final int ROOT = 1;
    private static final int TERM = 15;
    private static final int CONT = 18;

    private final RecordingSpawner system = new RecordingSpawner();
    private int rounds;

    /** As the JDK fails without a free descriptor, and the same want makes a live one look dead. */
    private List<ProcessHandle> list(int root) {
        assertEquals(ROOT, root);
        if (rounds++ > 0) {
            throw new IllegalStateException("cannot open /proc, on purpose");
        }
        return List.of(handle(2, true), handle(3, false));
    }

    private static ProcessHandle handle(long pid, boolean isAlive) {
        return (ProcessHandle)
                Proxy.newProxyInstance(
                        ProcessTreeTest.class.getClassLoader(),
                        new Class<?>[] {ProcessHandle.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("pid") ? (Object) pid : (Object) isAlive);
    }

    @Test
    void whatWasFoundDoesNotStayStoppedWhenTheRestCannotBe() {
        ProcessTree tree = new ProcessTree(system, ROOT, this::list);
        assertThrows(IllegalStateException.class, () -> tree.kill(TERM));
        assertEquals(Map.of(ROOT, CONT, 2, CONT, 3, CONT), system.signals);
    }
}
