// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** Where the fields of a completion lie: {@code struct io_uring_cqe}, 16 bytes. */
final class CompletionLayout {
    static final int BYTES = 16;

    static final int USER_DATA = 0;
    static final int RESULT = 8;
    static final int FLAGS = 12;

    private CompletionLayout() {}
}
