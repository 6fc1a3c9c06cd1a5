// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.SendableFile;

/** What a stream sends of a file. The file stays whose it is. */
final class FileSend {
    /**
     * The most that one sendfile call is given. A fast reader can drain the socket while the call
     * fills it, which would otherwise keep the loop inside for the length of the file.
     */
    static final int BYTES_PER_CALL = 1 << 20;

    private final SendableFile file;
    private final long position;
    private final long count;

    FileSend(SendableFile file, long position, long count) {
        this.file = file;
        this.position = position;
        this.count = count;
    }

    /** Bytes sent, or a code. */
    int sendTo(RawStream socket) {
        return socket.sendFile(file, position, Math.min(count, BYTES_PER_CALL));
    }
}
