// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.signal;

import io.millrace.spi.Log;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who watches which signal in this process, and what was done about it before.
 *
 * <p>By {@code sun.misc.Signal}, which is found by reflection: compilers warn of it, and a run-time
 * image may lack it. Any thread; the lock is never held while somebody is told.
 */
final class ProcessSignals {
    private static final String NOBODY = "nobody can catch it";
    private static final String NEEDED = "the virtual machine needs it itself, ";

    /** Known before it is tried; BUS the virtual machine would even let others have. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "KILL", NOBODY,
                    "STOP", NOBODY,
                    "BUS", NEEDED + "to tell of a mapped file that was cut short",
                    "SEGV", NEEDED + "to find null references",
                    "FPE", NEEDED + "to find divisions by zero",
                    "ILL", NEEDED + "to find what a processor cannot do",
                    "QUIT", NEEDED + "to print what its threads do");

    /** One signal, whose being ignored would cost children their status. */
    private static final Set<String> OF_CHILDREN = Set.of("CHLD", "CLD");

    private static final Map<String, ProcessSignals> WATCHED = new HashMap<>();

    private final String signal;

    /** In the order of their starts. Guarded by {@link #WATCHED}, and replaced by each change. */
    private List<LoopSignal> watches = List.of();

    private @Nullable Object ours;
    private @Nullable Object before;

    private ProcessSignals(String signal) {
        this.signal = signal;
    }

    /** The way to the JDK's class, or why there is none. */
    private static final class Jdk {
        static final @Nullable Class<?> HANDLER = find("sun.misc.SignalHandler");
        static final @Nullable Class<?> SIGNAL = find("sun.misc.Signal");

        private static @Nullable Class<?> find(String name) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException absent) {
                // Said when somebody wants it.
                return null;
            }
        }

        private Jdk() {}

        static Class<?> handler() {
            return present(HANDLER);
        }

        static Class<?> signal() {
            return present(SIGNAL);
        }

        private static Class<?> present(@Nullable Class<?> found) {
            if (found == null) {
                throw new UnsupportedOperationException(
                        "signals cannot be watched: this run-time image lacks the module"
                                + " jdk.unsupported; add it with --add-modules");
            }
            return found;
        }

        static Object named(String signal) {
            return call(
                    () -> signal().getConstructor(String.class).newInstance(signal),
                    "no signal " + signal);
        }

        /** Answers what handled it before. */
        static Object handle(String signal, Object handler) {
            return call(
                    () -> {
                        Method handle = signal().getMethod("handle", signal(), handler());
                        return handle.invoke(null, named(signal), handler);
                    },
                    "SIG" + signal);
        }

        /** What stands for one of the two things that the system does itself. */
        static Object standing(String field) {
            return call(() -> handler().getField(field).get(null), field);
        }

        private static Object call(Call call, String what) {
            try {
                return call.make();
            } catch (InvocationTargetException thrown) {
                if (thrown.getCause() instanceof RuntimeException refusal) {
                    throw refusal;
                }
                throw new IllegalStateException(what, thrown.getCause());
            } catch (ReflectiveOperationException unlike) {
                throw new UnsupportedOperationException(
                        "signals cannot be watched: sun.misc.Signal is not as it was", unlike);
            }
        }
    }

    private interface Call {
        Object make() throws ReflectiveOperationException;
    }

    /** What only a trial could show is refused when the watch is started. */
    static void ensureWatchable(String signal) {
        Jdk.handler();
        Jdk.named(signal);
        String why = REFUSED.get(signal);
        if (why != null) {
            throw new UnsupportedOperationException("SIG" + signal + " cannot be watched: " + why);
        }
    }

    static void add(LoopSignal watch) {
        synchronized (WATCHED) {
            ProcessSignals known = WATCHED.get(watch.signal());
            if (known == null) {
                known = new ProcessSignals(watch.signal());
                known.watches = List.of(watch);
                known.install();
                WATCHED.put(watch.signal(), known);
                return;
            }
            List<LoopSignal> more = new ArrayList<>(known.watches);
            more.add(watch);
            known.watches = List.copyOf(more);
        }
    }

    static void remove(LoopSignal watch) {
        synchronized (WATCHED) {
            ProcessSignals known = WATCHED.get(watch.signal());
            if (known == null) {
                return;
            }
            List<LoopSignal> fewer = new ArrayList<>(known.watches);
            fewer.remove(watch);
            known.watches = List.copyOf(fewer);
            if (fewer.isEmpty()) {
                WATCHED.remove(watch.signal());
                known.restore();
            }
        }
    }

    private void install() {
        Object handler =
                Proxy.newProxyInstance(
                        ProcessSignals.class.getClassLoader(),
                        new Class<?>[] {Jdk.handler()},
                        (proxy, method, arguments) -> answer(proxy, method, arguments));
        try {
            Object found = Jdk.handle(signal, handler);
            boolean isLoss = OF_CHILDREN.contains(signal) && found == Jdk.standing("SIG_IGN");
            before = isLoss ? Jdk.standing("SIG_DFL") : found;
            ours = handler;
        } catch (IllegalArgumentException refused) {
            throw new UnsupportedOperationException(
                    "SIG"
                            + signal
                            + " cannot be watched: the virtual machine needs it itself; was it"
                            + " started with -Xrs? ("
                            + refused.getMessage()
                            + ")",
                    refused);
        }
    }

    private @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "Millrace's handler of SIG" + signal;
            default -> {
                tellAll();
                yield null;
            }
        };
    }

    private void tellAll() {
        List<LoopSignal> all;
        synchronized (WATCHED) {
            all = watches;
        }
        for (LoopSignal each : all) {
            try {
                each.got();
            } catch (RuntimeException | Error failure) {
                // Lack of memory for a task, say: the others are told all the same.
                Log.CORE.report(
                        System.Logger.Level.WARNING, "cannot tell of SIG" + signal, failure);
            }
        }
    }

    /** If somebody has put another handler in place meanwhile, that one stays. */
    private void restore() {
        Object previous = before;
        Object found = previous == null ? null : Jdk.handle(signal, previous);
        if (found != null && found != ours) {
            Jdk.handle(signal, found);
        }
    }
}
