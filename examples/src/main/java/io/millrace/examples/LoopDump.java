// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * What the loops of a server are at, printed when the process gets SIGUSR1, as the virtual machine
 * prints its threads on SIGQUIT. By a thread of the virtual machine's, so that a loop that stands
 * still is described as well; a {@code SignalWatch} would wait for it.
 */
final class LoopDump {
    /** The one signal that is free for programs: USR2 is the virtual machine's own on Linux. */
    private static final String SIGNAL = "USR1";

    private LoopDump() {}

    /** From now on, for as long as the process lives. */
    static void onSignal(List<EventLoop> loops, PrintStream output) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object printing =
                    Proxy.newProxyInstance(
                            LoopDump.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> {
                                loops.forEach(loop -> output.println(loop.describe()));
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(SIGNAL),
                            printing);
        } catch (ReflectiveOperationException unavailable) {
            // Windows has no such signal, and a small run-time image not this class: then without.
            return;
        }
    }
}
