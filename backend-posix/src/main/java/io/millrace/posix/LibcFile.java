// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file by its descriptor, which is -1 once it is closed here. */
final class LibcFile implements OpenFile {
    private static final int SEEK_END = 2;

    private final SystemCalls calls;
    private int fd;

    LibcFile(SystemCalls calls, int fd) {
        this.calls = calls;
        this.fd = fd;
    }

    /**
     * Opens for sending what the caller has found to be a regular file. What has taken its place
     * meanwhile must not keep the loop waiting, so a FIFO is opened without its other end, and
     * refused for having no size.
     */
    static LibcFile open(SystemCalls calls, SocketConstants constants, Path path)
            throws IoException {
        NativeMemory name = FileNames.zeroTerminated(path);
        int fd = calls.open(name, constants.openCloexec | constants.openNonblock);
        if (fd < 0) {
            throw IoException.because(fd, "open " + path, Code.describe(fd));
        }
        try {
            sizeOf(calls, fd, path.toString());
            return new LibcFile(calls, fd);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    private static long sizeOf(SystemCalls calls, int fd, String file) throws IoException {
        long size = calls.lseek(fd, 0, SEEK_END);
        if (size == Code.ILLEGAL_SEEK) {
            throw IoException.because(
                    Code.INVALID_ARGUMENT, "open " + file, "only regular files can be sent");
        }
        if (size == Code.INVALID_ARGUMENT) {
            // Made as it is read, such as those in /proc, so there is no end to go to.
            return 0;
        }
        if (size < 0) {
            throw IoException.because((int) size, "size of " + file, Code.describe((int) size));
        }
        return size;
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public long size() throws IoException {
        return sizeOf(calls, fd, "descriptor " + fd);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        int length = into.remaining();
        if (into.isDirect()) {
            int count = readInto(Libc.addressOf(into) + into.position(), length, position, into);
            into.position(into.position() + count);
            return count;
        }
        NativeMemory memory = NativeMemory.allocate(length);
        byte[] bytes = new byte[readInto(memory.address(), length, position, memory)];
        memory.getBytes(0, bytes);
        into.put(bytes);
        return bytes.length;
    }

    private int readInto(long address, int length, long position, Object memory)
            throws IoException {
        try {
            int result;
            do {
                result = calls.pread(fd, address, length, position);
            } while (result == Code.INTERRUPTED);
            if (result < 0) {
                throw IoException.of(result, "read", null);
            }
            return result;
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    @Override
    public void close() throws IoException {
        if (fd < 0) {
            return;
        }
        int result = calls.close(fd);
        fd = -1;
        if (result < 0) {
            throw IoException.of(result, "close", null);
        }
    }
}
