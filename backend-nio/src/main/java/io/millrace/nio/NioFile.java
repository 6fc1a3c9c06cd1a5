// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.BlockingFile;
import io.millrace.spi.FileErrors;
import io.millrace.spi.SendableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A file whose bytes are read and then written to a socket.
 *
 * <p>Not by {@link java.nio.channels.FileChannel#transferTo}, which would spare the copy: an
 * interrupt of the loop's thread ends that at any moment, closes the file, and leaves unknown how
 * much was sent.
 */
final class NioFile implements SendableFile {
    /** As much as a socket commonly takes at once. */
    static final int BUFFER_BYTES = 64 << 10;

    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

    private final BlockingFile file;
    private final ByteBuffer buffer;
    private final long size;

    private NioFile(BlockingFile file, ByteBuffer buffer, long size) {
        this.file = file;
        this.buffer = buffer;
        this.size = size;
    }

    /**
     * Opens what the caller has found to be a regular file.
     *
     * @param buffer direct; all files of a loop may share it
     */
    static NioFile open(Path path, ByteBuffer buffer) throws IoException {
        try {
            BlockingFile file = BlockingFile.open(path, READ);
            try {
                return new NioFile(file, buffer, file.size());
            } catch (Throwable failure) {
                file.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw IoException.of(FileErrors.codeOf(failure), "open " + path, null, 0, failure);
        }
    }

    /** At most so many bytes, in the shared buffer; none if the file ends before. */
    ByteBuffer read(long position, long count) throws IOException {
        buffer.clear().limit((int) Math.min(count, buffer.capacity()));
        file.read(buffer, position);
        return buffer.flip();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Only read from: nothing can be lost.
        }
    }
}
