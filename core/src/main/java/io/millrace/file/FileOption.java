// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.nio.file.OpenOption;

/** Ways to open a file beside {@link java.nio.file.StandardOpenOption}. */
public enum FileOption implements OpenOption {
    /**
     * Reads and writes go past the page cache, see O_DIRECT in open(2). Positions and lengths are
     * multiples of {@link FileAttributes#directOffsetAlignment}, addresses of buffers of {@link
     * FileAttributes#directMemoryAlignment}, which {@link AsyncFile#attributes()} tells: such a
     * buffer is made by {@link java.nio.ByteBuffer#alignedSlice}. Anything else fails with {@code
     * EINVAL}. Only where {@code docs/backends.md} says so; elsewhere opening fails with {@code
     * EOPNOTSUPP}, or {@code EINVAL} if it is the file system that cannot.
     */
    DIRECT
}
