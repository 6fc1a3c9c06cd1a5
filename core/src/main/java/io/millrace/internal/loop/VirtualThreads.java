// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Whether a thread is virtual, on virtual machines that have such threads. Any thread. */
final class VirtualThreads {
    private static final @Nullable MethodHandle IS_VIRTUAL = find();

    private VirtualThreads() {}

    static boolean isVirtual(Thread thread) {
        if (IS_VIRTUAL == null) {
            return false;
        }
        try {
            return (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A loop waits in the kernel, which keeps the carrier from all other virtual threads. */
    static void refuse(String method) {
        if (isVirtual(Thread.currentThread())) {
            throw new IllegalStateException(
                    method
                            + " was called on a virtual thread, "
                            + Thread.currentThread()
                            + ": a loop waits in the kernel, and would keep a processor from all"
                            + " others; run it on a platform thread");
        }
    }

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException | IllegalAccessException before21) {
            return null;
        }
    }
}
