// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import jnr.enxio.channels.Native;

/**
 * {@link SystemCalls} as the kernel answers them, through libc.
 *
 * <p>The one place that reads errno: right after the call that failed, on the same thread. Holds
 * nothing, so one instance serves the process.
 */
public class LibcSystemCalls implements SystemCalls {
    private static final class Instance {
        static final LibcSystemCalls ONLY =
                KernelEntry.unusableReason() == null ? new DirectSystemCalls() : throughLibc();
    }

    /** Loaded on its system only: elsewhere the name stands for another function. */
    private static final class OfMacos {
        static final MacosFunctions LIBC =
                Libc.bindSixArguments(MacosFunctions.class, MacosFunctions.OnX86.class);
    }

    /** Loaded on its system only. */
    private static final class OfFreebsd {
        static final FreebsdFunctions LIBC = Libc.bind(FreebsdFunctions.class);
    }

    /** {@code _IO('f', 1)}: sys/filio.h of macOS and the BSDs; asm-generic/ioctls.h of Linux. */
    private static final int FIOCLEX = OperatingSystem.current().isBsd() ? 0x2000_6601 : 0x5451;

    private static final int SEEK_CUR = 1;
    private static final int EPOLL_CTL_ADD = 1;

    /** Of the largest layout, see epoll_ctl(2). */
    private static final int EPOLL_EVENT_BYTES = 16;

    private final LibcFunctions libc;
    private final ErrnoTable errors;

    LibcSystemCalls(LibcFunctions libc, ErrnoTable errors) {
        this.libc = libc;
        this.errors = errors;
    }

    /**
     * The process's one, which for what every message needs is the kernel's own entry where there
     * is one. Only after {@link Libc#unusableReason} returned null.
     */
    public static LibcSystemCalls instance() {
        return Instance.ONLY;
    }

    /** All of them through libc, whatever else there is. */
    public static LibcSystemCalls throughLibc() {
        return new LibcSystemCalls(Libc.functions(), Platform.current().errors());
    }

    @Override
    public int socket(int family, int type, int protocol) {
        return answer(libc.socket(family, type, protocol));
    }

    @Override
    public int bind(int fd, long address, int length) {
        return answer(libc.bind(fd, address, length));
    }

    @Override
    public int listen(int fd, int backlog) {
        return answer(libc.listen(fd, backlog));
    }

    @Override
    public int accept(int fd, long address, long lengthAddress) {
        return answer(libc.accept(fd, address, lengthAddress));
    }

    @Override
    public int accept4(int fd, long address, long lengthAddress, int flags) {
        return answer(libc.accept4(fd, address, lengthAddress, flags));
    }

    @Override
    public int connect(int fd, long address, int length) {
        return answer(libc.connect(fd, address, length));
    }

    @Override
    public int shutdown(int fd, int how) {
        return answer(libc.shutdown(fd, how));
    }

    @Override
    public int getsockname(int fd, long address, long lengthAddress) {
        return answer(libc.getsockname(fd, address, lengthAddress));
    }

    @Override
    public int getpeername(int fd, long address, long lengthAddress) {
        return answer(libc.getpeername(fd, address, lengthAddress));
    }

    @Override
    public int getsockopt(int fd, int level, int option, long value, long lengthAddress) {
        return answer(libc.getsockopt(fd, level, option, value, lengthAddress));
    }

    @Override
    public int setsockopt(int fd, int level, int option, long value, int length) {
        return answer(libc.setsockopt(fd, level, option, value, length));
    }

    @Override
    public int recv(int fd, long buffer, int length, int flags) {
        return (int) answer(libc.recv(fd, buffer, length, flags));
    }

    @Override
    public int send(int fd, long buffer, int length, int flags) {
        return (int) answer(libc.send(fd, buffer, length, flags));
    }

    @Override
    public int sendmsg(int fd, long header, int flags) {
        return (int) answer(libc.sendmsg(fd, header, flags));
    }

    @Override
    public int recvmsg(int fd, long header, int flags) {
        return (int) answer(libc.recvmsg(fd, header, flags));
    }

    @Override
    public int recvmmsg(int fd, long headers, int count, int flags) {
        return answer(libc.recvmmsg(fd, headers, count, flags, 0));
    }

    @Override
    public int sendmmsg(int fd, long headers, int count, int flags) {
        return answer(libc.sendmmsg(fd, headers, count, flags));
    }

    @Override
    public long sendfile(int toFd, int fromFd, long offsetAddress, long count) {
        return answer(libc.sendfile(toFd, fromFd, offsetAddress, count));
    }

    @Override
    public int sendfileOnMacos(int fromFd, int toFd, long position, long lengthAddress) {
        return answer(OfMacos.LIBC.sendfile(fromFd, toFd, position, lengthAddress, 0, 0));
    }

    @Override
    public int sendfileOnFreebsd(
            int fromFd, int toFd, long position, long count, long sentAddress) {
        return answer(OfFreebsd.LIBC.sendfile(fromFd, toFd, position, count, 0, sentAddress, 0));
    }

    @Override
    public int open(NativeMemory path, int flags) {
        return answer(path.keptFor(libc.open(path.address(), flags)));
    }

    @Override
    public int pread(int fd, long buffer, int length, long position) {
        return (int) answer(libc.pread(fd, buffer, length, position));
    }

    @Override
    public int read(int fd, long buffer, int length) {
        return (int) answer(libc.read(fd, buffer, length));
    }

    @Override
    public int write(int fd, long buffer, int length) {
        return (int) answer(libc.write(fd, buffer, length));
    }

    @Override
    public int writev(int fd, long segments, int count) {
        return (int) answer(LibcSystem.Functions.ONLY.writev(fd, segments, count));
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return answer(libc.lseek(fd, offset, whence));
    }

    @Override
    public int close(int fd) {
        return answer(libc.close(fd));
    }

    @Override
    public int poll(long entries, int count, int timeoutMillis) {
        return answer(libc.poll(entries, count, timeoutMillis));
    }

    @Override
    public int select(int limit, long reads, long writes, long exceptions, long timeout) {
        return answer(libc.select(limit, reads, writes, exceptions, timeout));
    }

    /**
     * What an epoll says that is made for the question: the kernel alone knows of each kind of file
     * whether it has readiness, and poll(2) and select(2) call those ready that have none. Where
     * there is no epoll, a descriptor that has a position and is no terminal is a file.
     */
    @Override
    public int watchable(int fd) {
        if (OperatingSystem.current() != OperatingSystem.LINUX) {
            long position = lseek(fd, 0, SEEK_CUR);
            boolean file = position >= 0 && libc.isatty(fd) == 0;
            return file ? Code.NOT_PERMITTED : SystemCalls.super.watchable(fd);
        }
        int trial = answer(libc.epoll_create1(Platform.current().constants().openCloexec));
        if (trial < 0) {
            return trial;
        }
        NativeMemory event = NativeMemory.allocate(EPOLL_EVENT_BYTES);
        int answer =
                event.keptFor(answer(libc.epoll_ctl(trial, EPOLL_CTL_ADD, fd, event.address())));
        close(trial);
        return answer;
    }

    @Override
    public int eventfd(int initial, int flags) {
        return answer(libc.eventfd(initial, flags));
    }

    @Override
    public int pipe(long pair) {
        return answer(libc.pipe(pair));
    }

    @Override
    public int pipe2(long pair, int flags) {
        return answer(libc.pipe2(pair, flags));
    }

    @Override
    public int getrlimit(int resource, long limits) {
        return answer(libc.getrlimit(resource, limits));
    }

    /** Through jnr-enxio, whose variadic fcntl is right on every processor, but tells no error. */
    @Override
    public int setNonBlocking(int fd) {
        Native.setBlocking(fd, false);
        return Code.OK;
    }

    /** Likewise. */
    @Override
    public int setBlocking(int fd) {
        Native.setBlocking(fd, true);
        return Code.OK;
    }

    /**
     * By ioctl, which takes no further argument for this, instead of fcntl, which would: variadic
     * arguments travel differently on macOS's arm64.
     */
    @Override
    public int setCloseOnExec(int fd) {
        return answer(libc.ioctl(fd, FIOCLEX));
    }

    private int answer(int result) {
        return result >= 0 ? result : errors.code(Libc.lastError());
    }

    private long answer(long result) {
        return result >= 0 ? result : errors.code(Libc.lastError());
    }
}
