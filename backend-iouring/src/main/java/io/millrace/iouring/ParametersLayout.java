// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of {@code struct io_uring_params} lie, 120 bytes, see io_uring_setup(2). The
 * kernel reads the first three words and fills in the rest; the two groups at the end say where in
 * the ring mapping each queue keeps its words.
 */
final class ParametersLayout {
    static final int BYTES = 120;

    static final int SUBMISSION_ENTRIES = 0;
    static final int COMPLETION_ENTRIES = 4;
    static final int FLAGS = 8;
    static final int THREAD_IDLE_MILLIS = 16;
    static final int FEATURES = 20;

    static final int SUBMISSION_HEAD = 40;
    static final int SUBMISSION_TAIL = 44;
    static final int SUBMISSION_FLAGS = 56;
    static final int SUBMISSION_ARRAY = 64;

    static final int COMPLETION_HEAD = 80;
    static final int COMPLETION_TAIL = 84;
    static final int COMPLETION_OVERFLOW = 96;
    static final int COMPLETION_QUEUE = 100;

    /** Where io_uring's mmap(2) finds the two queues' words and completions. */
    static final long RINGS_MAP_OFFSET = 0;

    /** Where io_uring's mmap(2) finds the submissions. */
    static final long SUBMISSIONS_MAP_OFFSET = 0x1000_0000L;

    private ParametersLayout() {}
}
