// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.OperatingSystem;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a kqueue looks like to its callers, system by system: the record and the filter numbers.
 *
 * <p>A wrong value here would be silent corruption, so {@link KeventSelfTest} tries them out before
 * any socket depends on them.
 */
enum KqueueAbi {
    /** xnu bsd/sys/event.h; the same on x86-64 and arm64. */
    MACOS(KeventLayout.NARROW, -1, -2, -10),

    /** FreeBSD 12 and later, sys/sys/event.h. */
    FREEBSD(KeventLayout.NARROW_EXTENDED, -1, -2, -11),

    /** OpenBSD sys/sys/event.h; user events came in 2025 with its revision 1.74. */
    OPENBSD(KeventLayout.NARROW, -1, -2, -10),

    /** NetBSD 10, sys/sys/event.h 1.45; functions are named {@code __kevent50}. */
    NETBSD(KeventLayout.WIDE, 0, 1, 8),

    /** NetBSD 11, 10.99 while in the making; functions are named {@code __kevent100}. */
    NETBSD11(KeventLayout.WIDE_EXTENDED, 0, 1, 8),

    /** DragonFly sys/sys/event.h. */
    DRAGONFLY(KeventLayout.NARROW, -1, -2, -9),

    /** libkqueue 2.7 include/sys/event.h: kqueue on top of Linux's epoll. */
    LIBKQUEUE(KeventLayout.NARROW, -1, -2, -11);

    final KeventLayout layout;
    final int filterRead;
    final int filterWrite;
    final int filterUser;

    KqueueAbi(KeventLayout layout, int filterRead, int filterWrite, int filterUser) {
        this.layout = layout;
        this.filterRead = filterRead;
        this.filterWrite = filterWrite;
        this.filterUser = filterUser;
    }

    /**
     * The one of a system; null if it has no kqueue, or, like NetBSD, no native library to call it
     * with.
     */
    static @Nullable KqueueAbi of(OperatingSystem system) {
        return switch (system) {
            case MACOS -> MACOS;
            case FREEBSD -> FREEBSD;
            case OPENBSD -> OPENBSD;
            case DRAGONFLY -> DRAGONFLY;
            case LINUX, NETBSD, OTHER -> null;
        };
    }

    /** The one with this label; null if there is none. */
    static @Nullable KqueueAbi named(String label) {
        for (KqueueAbi abi : values()) {
            if (abi.label().equals(label)) {
                return abi;
            }
        }
        return null;
    }

    static String labels() {
        return Arrays.stream(values()).map(KqueueAbi::label).collect(Collectors.joining(", "));
    }

    /** The name used in {@code millrace.kqueue.abi}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a wait that is given changes reports at once which of them failed. libkqueue waits
     * first, and forgets the failures if nothing else happens.
     */
    boolean reportsFailuresInWait() {
        return this != LIBKQUEUE;
    }
}
