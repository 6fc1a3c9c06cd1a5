// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * How a submission is treated, whatever it asks for: the {@code IOSQE_} bits, see
 * io_uring_enter(2).
 */
final class EntryFlag {
    /** The next entry starts when this one has ended, even if it failed: unlike a plain link. */
    static final int HARD_LINK = 1 << 3;

    /** A thread of the kernel's carries it out, not the call that submits it. */
    static final int ASYNC = 1 << 4;

    /** The kernel takes memory from the entry's buffer group at the moment it has data. */
    static final int BUFFER_SELECT = 1 << 5;

    /** No completion if the request succeeds; a failure is reported all the same. */
    static final int SKIP_SUCCESS = 1 << 6;

    private EntryFlag() {}
}
