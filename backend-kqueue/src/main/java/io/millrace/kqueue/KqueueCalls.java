// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.LibcSystemCalls;
import io.millrace.spi.Code;

/**
 * The kqueue system calls, under their own names: the seam at which tests play the kernel.
 *
 * <p>Each answers the call's result or a negative {@link io.millrace.spi.Code}, and retries
 * nothing. See kqueue(2). Any thread.
 */
interface KqueueCalls {
    /** A new queue's descriptor. */
    int kqueue();

    /**
     * Applies {@code changeCount} changes, then waits for at most {@code eventCount} events; a
     * count of 0 for either skips that. {@code timeout} is the address of a timespec, 0 for none.
     */
    int kevent(
            int kqueue, long changes, int changeCount, long events, int eventCount, long timeout);

    /** Whether a descriptor is somebody's. */
    default boolean isOpen(int descriptor) {
        return LibcSystemCalls.instance().lseek(descriptor, 0, 1) != Code.BAD_DESCRIPTOR;
    }

    /** Closes the queue and whatever else belongs to it. */
    int close(int kqueue);
}
