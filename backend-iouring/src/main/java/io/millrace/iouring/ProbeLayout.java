// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of {@code struct io_uring_probe} lie, a head of 16 bytes and 8 bytes an
 * operation, see {@code IORING_REGISTER_PROBE} in io_uring_register(2).
 */
final class ProbeLayout {
    static final int HEAD_BYTES = 16;
    static final int OPERATIONS = 1;

    static final int OPERATION_BYTES = 8;
    static final int OPERATION_OPCODE = 0;
    static final int OPERATION_FLAGS = 2;

    static final int FLAG_SUPPORTED = 1;

    /** As many operations as a probe can tell of. */
    static final int MAXIMUM_OPERATIONS = 256;

    private ProbeLayout() {}
}
