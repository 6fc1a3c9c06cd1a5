// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.SendableFile;
import java.nio.file.FileSystems;
import java.nio.file.Files;
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

    static LibcFile open(SystemCalls calls, int flags, Path path) throws IoException {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw refused(path, "the kernel cannot open a file of " + path.getFileSystem());
        }
        // Asked first because opening a FIFO would wait for somebody to write to it.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw refused(path, "only regular files can be sent");
        }
        int fd = calls.open(FileNames.zeroTerminated(path), flags);
        if (fd < 0) {
            throw IoException.because(fd, "open " + path, Code.describe(fd));
        }
        long size = calls.lseek(fd, 0, SEEK_END);
        if (size < 0) {
            calls.close(fd);
            throw IoException.because((int) size, "size of " + path, Code.describe((int) size));
        }
        return new LibcFile(calls, fd, size);
    }

    private static IoException refused(Path path, String why) {
        return IoException.because(Code.INVALID_ARGUMENT, "open " + path, why);
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
