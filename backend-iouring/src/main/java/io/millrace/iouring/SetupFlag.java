// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** How a ring is made: the {@code IORING_SETUP_} bits of io_uring_setup(2). */
final class SetupFlag {
    /**
     * A kernel thread takes submissions, so submitting needs no system call and costs a processor.
     */
    static final int KERNEL_THREAD = 1 << 1;

    /** The completion queue has the size asked for instead of twice the submission queue's. */
    static final int COMPLETION_SIZE = 1 << 3;

    /** Sizes beyond the kernel's maximum are cut down instead of refused. */
    static final int CLAMP = 1 << 4;

    /** The ring starts disabled; the thread that enables it becomes its only issuer. */
    static final int START_DISABLED = 1 << 6;

    /** A submission that fails at once does not keep back those behind it. Linux 5.18. */
    static final int SUBMIT_ALL = 1 << 7;

    /**
     * The queue's flags say when completions wait for the thread to enter the kernel. Linux 5.19.
     */
    static final int TASK_RUN_FLAG = 1 << 9;

    /** One thread submits, so the kernel needs no lock. Linux 6.0. */
    static final int SINGLE_ISSUER = 1 << 12;

    /**
     * Completions are worked off when the thread asks for them, not by interrupting it. Linux 6.1.
     */
    static final int DEFER_TASK_RUN = 1 << 13;

    /** No array of indices between the tail and the entries. Linux 6.6. */
    static final int NO_INDEX_ARRAY = 1 << 16;

    /** What every ring of this backend is made with; a kernel that refuses it is too old. */
    static final int REQUIRED =
            START_DISABLED
                    | CLAMP
                    | SUBMIT_ALL
                    | SINGLE_ISSUER
                    | DEFER_TASK_RUN
                    | TASK_RUN_FLAG
                    | COMPLETION_SIZE;

    private SetupFlag() {}
}
