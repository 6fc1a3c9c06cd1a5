// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of a submission lie: {@code struct io_uring_sqe}, 64 bytes, see
 * io_uring_enter(2).
 *
 * <pre>
 *   0 opcode   1 flags   2 priority     4 descriptor
 *   8 offset (of a file), or a second address, or the length of an address
 *  16 address
 *  24 length             28 operation flags
 *  32 user data
 *  40 buffer group  42 personality  44 file index
 *  48 third address      56 reserved
 * </pre>
 */
final class SubmissionLayout {
    static final int BYTES = 64;

    static final int OPCODE = 0;
    static final int FLAGS = 1;
    static final int PRIORITY = 2;
    static final int DESCRIPTOR = 4;
    static final int OFFSET = 8;
    static final int ADDRESS = 16;
    static final int LENGTH = 24;
    static final int OPERATION_FLAGS = 28;
    static final int USER_DATA = 32;
    static final int BUFFER_GROUP = 40;

    private SubmissionLayout() {}
}
