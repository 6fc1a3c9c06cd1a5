// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of {@code struct io_uring_getevents_arg} lie, 24 bytes, and of the {@code struct
 * __kernel_timespec} that it points to, 16 bytes. One block of memory holds both, argument first.
 */
final class WaitLayout {
    static final int ARGUMENT_BYTES = 24;
    static final int ARGUMENT_SIGNAL_MASK_BYTES = 8;
    static final int ARGUMENT_TIMESPEC = 16;

    static final int TIMESPEC = 24;
    static final int TIMESPEC_SECONDS = TIMESPEC;
    static final int TIMESPEC_NANOS = TIMESPEC + 8;

    static final int BYTES = TIMESPEC + 16;

    /** Bytes of the kernel's signal set; asked for even when no mask is given. */
    static final int KERNEL_SIGNAL_SET_BYTES = 8;

    private WaitLayout() {}
}
