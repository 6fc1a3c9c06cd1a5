// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** What the kernel says in the submission queue's flags word: the {@code IORING_SQ_} bits. */
final class QueueFlag {
    /** The kernel's submission thread sleeps. */
    static final int NEED_WAKEUP = 1;

    /** Completions wait in the kernel because the queue was full. */
    static final int OVERFLOW = 1 << 1;

    /** Completions wait for this thread to enter the kernel. */
    static final int TASK_RUN = 1 << 2;

    private QueueFlag() {}
}
