// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.OpenFile;

/** What a stream sends of a file. The file stays whose it is. */
final class FileSend {
    private final OpenFile file;
    private final long position;
    private final long count;

    FileSend(OpenFile file, long position, long count) {
        this.file = file;
        this.position = position;
        this.count = count;
    }

    /** Bytes sent, or a code. */
    int sendTo(RawStream socket) {
        return socket.sendFile(file, position, Math.min(count, RawStream.FILE_BYTES_PER_CALL));
    }
}
