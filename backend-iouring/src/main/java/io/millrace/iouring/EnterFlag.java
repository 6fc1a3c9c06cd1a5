// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** How the kernel is entered: the {@code IORING_ENTER_} bits of io_uring_enter(2). */
final class EnterFlag {
    /**
     * Work off completions and wait for as many as asked. Deferred completions appear only this
     * way.
     */
    static final int GET_EVENTS = 1;

    /** Wake the kernel's submission thread. */
    static final int WAKE_KERNEL_THREAD = 1 << 1;

    /** Wait until the kernel's submission thread has made room. */
    static final int AWAIT_ROOM = 1 << 2;

    /** The argument is a {@link WaitLayout}, not a signal mask. */
    static final int EXTENDED_ARGUMENT = 1 << 3;

    /** The descriptor is an index into the thread's registered rings. */
    static final int REGISTERED_RING = 1 << 4;

    /**
     * Waiting is not reported as "waiting for input or output", which alarms operators. Linux 6.15.
     */
    static final int NO_IOWAIT = 1 << 7;

    private EnterFlag() {}
}
