// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/**
 * The {@code EV_} and {@code NOTE_} numbers, which all systems have in common (sys/event.h of xnu,
 * FreeBSD, OpenBSD, NetBSD and DragonFly, and libkqueue's). Filters are in {@link KqueueAbi}.
 */
final class KeventFlag {
    /** Watch, or change what is watched. */
    static final int ADD = 0x1;

    static final int DELETE = 0x2;

    /** Forget the state once it was reported: edge-triggered. */
    static final int CLEAR = 0x20;

    /** Answer this change with an {@link #ERROR} event even if it succeeds; data is 0 then. */
    static final int RECEIPT = 0x40;

    /** From the kernel: the change failed with the errno in data. */
    static final int ERROR = 0x4000;

    /** From the kernel: the peer is gone, though there may still be bytes from it. */
    static final int EOF = 0x8000;

    /** In fflags of a user event: trigger it. */
    static final int NOTE_TRIGGER = 0x0100_0000;

    private KeventFlag() {}
}
