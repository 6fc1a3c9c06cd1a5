// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.file.FileAttributes;
import io.millrace.posix.NativeMemory;
import java.time.Instant;

/**
 * Where the fields of a file's status lie: {@code struct statx}, the same on all processors, see
 * statx(2).
 */
final class StatusLayout {
    static final int BYTES = 256;

    static final int MODE = 28;
    static final int SIZE = 40;
    static final int MODIFIED_SECONDS = 112;
    static final int MODIFIED_NANOS = 120;

    /** In the mask: type, permissions, time of modification, size. */
    static final int WANTED = 0x1 | 0x2 | 0x40 | 0x200;

    /** As a flag: an empty path means the descriptor itself. */
    static final int EMPTY_PATH = 0x1000;

    private StatusLayout() {}

    static FileAttributes attributes(NativeMemory status) {
        Instant modified =
                Instant.ofEpochSecond(
                        status.getLong(MODIFIED_SECONDS), status.getInt(MODIFIED_NANOS));
        int mode = Short.toUnsignedInt(status.getShort(MODE));
        return new FileAttributes(status.getLong(SIZE), modified, mode);
    }
}
