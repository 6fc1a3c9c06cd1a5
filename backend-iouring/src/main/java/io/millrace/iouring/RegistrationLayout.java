// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of {@code struct io_uring_rsrc_update} lie, 16 bytes, see io_uring_register(2).
 */
final class RegistrationLayout {
    static final int UPDATE_BYTES = 16;
    static final int UPDATE_INDEX = 0;
    static final int UPDATE_DATA = 8;

    /** As an index: the kernel chooses one and writes it there. */
    static final int ANY_INDEX = -1;

    private RegistrationLayout() {}
}
