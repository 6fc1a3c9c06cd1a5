// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import java.lang.ref.Reference;

/** {@link FileSystemCalls} as Linux answers them, through libc. Holds nothing. */
final class LibcFileSystemCalls implements FileSystemCalls {
    /** As a directory: paths are absolute, or relative to the process's own. */
    private static final int AT_FDCWD = -100;

    private final LibcFunctions libc = Libc.functions();
    private final LinuxFileFunctions files = Libc.bind(LinuxFileFunctions.class);
    private final SixArgumentFunctions six = SixArguments.functions();

    private interface Call {
        long make();
    }

    /** Keeps what the kernel reads from being freed, and knows what libc may not have. */
    private static long answer(Call call, Object kept) {
        try {
            long result = call.make();
            return result >= 0 ? result : Platform.current().errors().code(Libc.lastError());
        } catch (UnsatisfiedLinkError missing) {
            return Code.NOT_IMPLEMENTED;
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    private static int answer(int result) {
        return result >= 0 ? result : Platform.current().errors().code(Libc.lastError());
    }

    @Override
    public int open(NativeMemory path, int flags, int mode) {
        return (int) answer(() -> files.openat(AT_FDCWD, path.address(), flags, mode), path);
    }

    @Override
    public int close(int fd) {
        return answer(libc.close(fd));
    }

    @Override
    public int pread(int fd, long buffer, int length, long position) {
        return answer((int) libc.pread(fd, buffer, length, position));
    }

    @Override
    public int pwrite(int fd, long buffer, int length, long position) {
        return answer((int) files.pwrite(fd, buffer, length, position));
    }

    @Override
    public long preadv(int fd, NativeMemory vector, int count, long position) {
        return answer(() -> files.preadv(fd, vector.address(), count, position), vector);
    }

    @Override
    public long preadv2(int fd, NativeMemory vector, int count, long position, int flags) {
        // Not by way of a Call: it is part of every read beside a loop.
        try {
            long result = files.preadv2(fd, vector.address(), count, position, flags);
            return result >= 0 ? result : Platform.current().errors().code(Libc.lastError());
        } catch (UnsatisfiedLinkError missing) {
            return Code.NOT_IMPLEMENTED;
        } finally {
            Reference.reachabilityFence(vector);
        }
    }

    @Override
    public long pwritev(int fd, NativeMemory vector, int count, long position) {
        return answer(() -> files.pwritev(fd, vector.address(), count, position), vector);
    }

    @Override
    public int fsync(int fd) {
        return answer(files.fsync(fd));
    }

    @Override
    public int fdatasync(int fd) {
        return answer(files.fdatasync(fd));
    }

    @Override
    public int ftruncate(int fd, long size) {
        return answer(files.ftruncate(fd, size));
    }

    @Override
    public int fallocate(int fd, int mode, long position, long length) {
        return answer(files.fallocate(fd, mode, position, length));
    }

    @Override
    public int fadvise(int fd, long position, long length, int advice) {
        return -files.posix_fadvise(fd, position, length, advice);
    }

    @Override
    public long copyFileRange(int fromFd, int toFd, NativeMemory positions, long length) {
        return answer(
                () ->
                        six.copy_file_range(
                                fromFd,
                                positions.address(0),
                                toFd,
                                positions.address(Long.BYTES),
                                length,
                                0),
                positions);
    }

    @Override
    public int statx(int directory, NativeMemory path, int flags, int mask, NativeMemory into) {
        NativeMemory[] kept = {path, into};
        return (int)
                answer(
                        () -> files.statx(directory, path.address(), flags, mask, into.address()),
                        kept);
    }

    @Override
    public int mkdir(NativeMemory path, int mode) {
        return (int) answer(() -> files.mkdir(path.address(), mode), path);
    }

    @Override
    public int unlink(NativeMemory path, int flags) {
        return (int) answer(() -> files.unlinkat(AT_FDCWD, path.address(), flags), path);
    }

    @Override
    public int rename(NativeMemory from, NativeMemory to, int flags) {
        NativeMemory[] kept = {from, to};
        return (int)
                answer(
                        () ->
                                files.renameat2(
                                        AT_FDCWD, from.address(), AT_FDCWD, to.address(), flags),
                        kept);
    }

    @Override
    public int statvfs(NativeMemory path, NativeMemory into) {
        NativeMemory[] kept = {path, into};
        return (int) answer(() -> files.statvfs(path.address(), into.address()), kept);
    }

    @Override
    public long getdents(int fd, NativeMemory into) {
        return answer(() -> files.getdents64(fd, into.address(), into.size()), into);
    }
}
