// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Virtual threads, where this Java has them: the sources are of one that does not. */
public final class VirtualThreads {
    private static final @Nullable MethodHandle START = find();

    private VirtualThreads() {}

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class,
                            "startVirtualThread",
                            MethodType.methodType(Thread.class, Runnable.class));
        } catch (NoSuchMethodException | IllegalAccessException notThere) {
            return null;
        }
    }

    /** Why there are none, or null. */
    public static @Nullable String refusal() {
        boolean preview = Runtime.version().feature() < 21;
        return START == null || preview
                ? "virtual threads take Java 21 or later, and this is "
                        + Runtime.version().feature()
                : null;
    }

    public static void start(Runnable task) {
        MethodHandle start = START;
        if (start == null) {
            throw new IllegalStateException(refusal());
        }
        try {
            start.invoke(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
