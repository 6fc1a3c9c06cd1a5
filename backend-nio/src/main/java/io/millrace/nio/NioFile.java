// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.SendableFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file whose bytes go to sockets with {@link FileChannel#transferTo}. */
final class NioFile implements SendableFile {
    private final FileChannel channel;
    private final long size;

    private NioFile(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
    }

    static NioFile open(Path path) throws IoException {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new NioFile(channel, channel.size());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            int code = NioErrors.codeOf(e, Code.IO_ERROR);
            throw IoException.of(code, "open " + path, null, 0, e);
        }
    }

    /**
     * Bytes taken, {@link Code#END_OF_STREAM} or {@link Code#WOULD_BLOCK}.
     *
     * <p>A file channel closes itself when its user's interrupt flag is set, so the flag is lowered
     * meanwhile.
     */
    int transfer(long position, long count, WritableByteChannel into) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            long taken = channel.transferTo(position, Math.min(count, Integer.MAX_VALUE), into);
            if (taken > 0) {
                return (int) taken;
            }
            return position >= channel.size() ? Code.END_OF_STREAM : Code.WOULD_BLOCK;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Only read from: nothing can be lost.
        }
    }
}
