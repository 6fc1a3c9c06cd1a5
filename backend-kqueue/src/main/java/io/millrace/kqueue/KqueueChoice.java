// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.OperatingSystem;
import io.millrace.spi.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Which kqueue to use: the system's, or the one of a library that was asked for.
 *
 * <p>Decided from names alone, so that "not here" costs no loading of native code.
 *
 * @param systemName what the system calls itself, for messages
 * @param library {@code millrace.kqueue.library}: the path of a library with kqueue and kevent, to
 *     be used instead of libc; the only way to run this engine on Linux
 * @param abi {@code millrace.kqueue.abi}: a label of {@link KqueueAbi}, instead of the one that
 *     follows from the system
 */
record KqueueChoice(
        OperatingSystem system, String systemName, @Nullable String library, @Nullable String abi) {
    static final String LIBRARY = Settings.KQUEUE_LIBRARY.property();
    static final String ABI = Settings.KQUEUE_ABI.property();

    /** The running system's, with the system properties as they are now. */
    static KqueueChoice current() {
        return new KqueueChoice(
                OperatingSystem.current(),
                System.getProperty("os.name", "an unknown system"),
                nonBlank(System.getProperty(LIBRARY)),
                nonBlank(System.getProperty(ABI)));
    }

    private static @Nullable String nonBlank(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** One line; null if there is a kqueue to try. */
    @Nullable String unusableReason() {
        if (abi != null && KqueueAbi.named(abi) == null) {
            return ABI + "=" + abi + " is none of " + KqueueAbi.labels();
        }
        if (system == OperatingSystem.NETBSD) {
            return "jffi, which makes the native calls, does not exist for NetBSD;"
                    + " the nio backend works there";
        }
        if (library == null && !system.isBsd()) {
            return "kqueue is the engine of macOS and the BSDs, this is " + systemName;
        }
        return null;
    }

    /** What it looks like. Only if there is no {@link #unusableReason}. */
    KqueueAbi effectiveAbi() {
        KqueueAbi named = abi == null ? null : KqueueAbi.named(abi);
        if (named != null) {
            return named;
        }
        KqueueAbi ofSystem = library == null ? KqueueAbi.of(system) : null;
        return ofSystem == null ? KqueueAbi.LIBKQUEUE : ofSystem;
    }
}
