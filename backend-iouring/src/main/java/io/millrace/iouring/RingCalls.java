// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.EnterFlag;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.WaitLayout;

/**
 * The system calls that rings are made of, one method each.
 *
 * <p>This is the seam at which tests play the kernel: everything above it is ordinary Java over
 * memory that both sides share. <b>Every method returns the call's result, or a negative errno
 * number.</b> Nothing retries. Any thread may call; which thread may enter a ring is the kernel's
 * business, see {@link Ring}.
 */
interface RingCalls {
    /** io_uring_setup(2): a descriptor. {@code parameters} is a {@link ParametersLayout}. */
    int setup(int entries, long parameters);

    /** io_uring_enter(2) without a time limit: how many submissions were taken. */
    int enter(int ring, int submissions, int completions, int flags);

    /**
     * io_uring_enter(2) with {@link EnterFlag#EXTENDED_ARGUMENT}: {@code argument} is a {@link
     * WaitLayout}.
     */
    int enter(int ring, int submissions, int completions, int flags, long argument);

    /** io_uring_register(2). */
    int register(int ring, int code, long argument, int count);

    /** mmap(2) of a ring's memory, shared with the kernel: an address. */
    long mapRing(int ring, long offset, long length);

    /** mmap(2) of zeroed pages of our own, which take memory only once touched: an address. */
    long mapPages(long length);

    /** munmap(2). */
    int unmap(long address, long length);

    /** close(2). */
    int close(int descriptor);

    /** Lets the processor go for a moment while the kernel works off what it owes us. */
    void pause(long nanos);
}
