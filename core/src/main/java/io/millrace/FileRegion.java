// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Gather;
import io.millrace.spi.SendableFile;
import io.millrace.spi.StreamPort;

/** A stretch of a file in a write queue. Owns the file. */
final class FileRegion extends WriteRegion {
    private final SendableFile file;

    FileRegion(SendableFile file, long position, long count) {
        super(position, count);
        this.file = file;
    }

    @Override
    int sendBy(StreamPort port, long most) {
        return port.sendFile(file, position(), Math.min(remaining(), most));
    }

    @Override
    boolean isInMemory() {
        return false;
    }

    /** The kernel takes the bytes from the file. */
    @Override
    void gather(Gather into) {}

    @Override
    void close() {
        file.close();
    }
}
