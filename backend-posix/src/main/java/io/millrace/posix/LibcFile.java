// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.SendableFile;
import java.nio.file.Path;

/** A regular file opened for sending. Loop thread only; the descriptor is -1 once it is closed. */
final class LibcFile implements SendableFile {
    private static final int SEEK_END = 2;

    private final SystemCalls calls;
    private final long size;
    private int fd;

    private LibcFile(SystemCalls calls, int fd, long size) {
        this.calls = calls;
        this.fd = fd;
        this.size = size;
    }

    /**
     * Opens what the caller has found to be a regular file. What has taken its place meanwhile must
     * not keep the loop waiting, so a FIFO is opened without its other end, and refused for having
     * no size.
     */
    static LibcFile open(SystemCalls calls, SocketConstants constants, Path path)
            throws IoException {
        NativeMemory name = FileNames.zeroTerminated(path);
        int fd = calls.open(name, constants.openCloexec | constants.openNonblock);
        if (fd < 0) {
            throw IoException.because(fd, "open " + path, Code.describe(fd));
        }
        try {
            return new LibcFile(calls, fd, sizeOf(calls, fd, path));
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    private static long sizeOf(SystemCalls calls, int fd, Path path) throws IoException {
        long size = calls.lseek(fd, 0, SEEK_END);
        if (size == Code.ILLEGAL_SEEK) {
            throw IoException.because(
                    Code.INVALID_ARGUMENT, "open " + path, "only regular files can be sent");
        }
        if (size == Code.INVALID_ARGUMENT) {
            // Made as it is read, such as those in /proc, so there is no end to go to.
            return 0;
        }
        if (size < 0) {
            throw IoException.because((int) size, "size of " + path, Code.describe((int) size));
        }
        return size;
    }

    int descriptor() {
        return fd;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            calls.close(fd);
            fd = -1;
        }
    }
}
