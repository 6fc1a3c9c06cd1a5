// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A real file's bytes, read when it was opened. */
final class SimFile implements OpenFile {
    private static final int MOST_BYTES = 64 << 10;

    private final ByteBuffer bytes;

    private SimFile(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static SimFile open(Path path) throws IoException {
        try {
            return new SimFile(ByteBuffer.wrap(Files.readAllBytes(path)));
        } catch (NoSuchFileException e) {
            throw IoException.of(Code.NO_SUCH_FILE, "open " + path, null, 0, e);
        } catch (IOException e) {
            throw IoException.of(Code.IO_ERROR, "open " + path, null, 0, e);
        }
    }

    /**
     * Sends from a file, also one that somebody else has opened: bytes, {@code END_OF_STREAM} at
     * its end, or a negative code.
     */
    static int send(OpenFile file, SimSocket to, long position, long count) {
        if (file instanceof SimFile known) {
            long end = Math.min(position + count, known.bytes.capacity());
            return position >= end
                    ? Code.END_OF_STREAM
                    : to.send(known.bytes, (int) position, (int) end);
        }
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(count, MOST_BYTES));
        try {
            return file.read(piece, position) <= 0
                    ? Code.END_OF_STREAM
                    : to.send(piece, 0, piece.position());
        } catch (IOException failure) {
            return FileErrors.codeOf(failure);
        }
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public int read(ByteBuffer into, long position) {
        int count = (int) Math.min(into.remaining(), Math.max(0, bytes.capacity() - position));
        if (count > 0) {
            into.put(into.position(), bytes, (int) position, count);
            into.position(into.position() + count);
        }
        return count;
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
