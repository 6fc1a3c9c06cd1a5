// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.SendableFile;

/** A stretch of a file in a write queue: how much of it is still to be sent. Owns the file. */
final class FileRegion {
    private final SendableFile file;
    private final long total;
    private long position;
    private long remaining;

    FileRegion(SendableFile file, long position, long count) {
        this.file = file;
        this.position = position;
        this.total = count;
        this.remaining = count;
    }

    SendableFile file() {
        return file;
    }

    long position() {
        return position;
    }

    long remaining() {
        return remaining;
    }

    long total() {
        return total;
    }

    /** Moves on by at most {@code bytes}; answers by how much. */
    long advance(long bytes) {
        long moved = Math.min(bytes, remaining);
        position += moved;
        remaining -= moved;
        return moved;
    }

    void close() {
        file.close();
    }
}
