// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.spi.Code;

/** The running kernel's io_uring will not do; the message says why and what would help. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    UnusableException(String reason) {
        this(reason, Code.OK);
    }

    /**
     * @param code what the kernel answered, if that is the reason
     */
    UnusableException(String reason, int code) {
        super(reason);
        passing = code == Code.TOO_MANY_FILES || code == Code.FILE_TABLE_OVERFLOW;
    }

    /**
     * Whether it may be otherwise in a moment: a lack of descriptors passes, while one of locked
     * memory is of the process's whole surroundings.
     */
    boolean isPassing() {
        return passing;
    }
}
