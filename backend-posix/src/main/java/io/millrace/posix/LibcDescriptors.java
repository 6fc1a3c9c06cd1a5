// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.Gather;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Pipes and their like by libc's calls. Loop thread only. */
final class LibcDescriptors implements Descriptors {
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int ACCESS_MODE = 3;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;
    private static final int SEEK_CUR = 1;

    private final SystemCalls calls;
    private final SocketCalls sockets;
    private final SocketOptions options;
    private final Platform platform;
    private final NativeMemory segments =
            NativeMemory.allocate(SocketCalls.MAXIMUM_SEGMENTS * MessageLayout.SEGMENT_BYTES);

    LibcDescriptors(
            SystemCalls calls, SocketCalls sockets, SocketOptions options, Platform platform) {
        this.calls = calls;
        this.sockets = sockets;
        this.options = options;
        this.platform = platform;
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return Libc.addressOf(direct);
    }

    @Override
    public int read(int descriptor, long address, int length) {
        int result;
        do {
            result = calls.read(descriptor, address, length);
        } while (result == Code.INTERRUPTED);
        return result;
    }

    @Override
    public int write(int descriptor, Gather from) {
        int count = from.count();
        int result;
        if (count == 1) {
            long address = SocketCalls.addressOf(from, 0);
            do {
                result = calls.write(descriptor, address, from.length(0));
            } while (result == Code.INTERRUPTED);
            return result;
        }
        for (int i = 0; i < count; i++) {
            MessageLayout.putSegment(
                    segments,
                    i * MessageLayout.SEGMENT_BYTES,
                    SocketCalls.addressOf(from, i),
                    from.length(i));
        }
        do {
            result = segments.keptFor(calls.writev(descriptor, segments.address(), count));
        } while (result == Code.INTERRUPTED);
        return result;
    }

    @Override
    public int close(int descriptor) {
        return calls.close(descriptor);
    }

    @Override
    public void pipe(int[] ends) throws IoException {
        check(segments.keptFor(sockets.pipe(segments.address())), "pipe");
        ends[0] = segments.getInt(0);
        ends[1] = segments.getInt(Integer.BYTES);
    }

    @Override
    public int openFifo(Path path, boolean toWrite) throws IoException {
        SocketConstants names = platform.constants();
        NativeMemory name = FileNames.zeroTerminated(path);
        int flags = names.openCloexec | names.openNonblock | (toWrite ? WRITE_ONLY : READ_ONLY);
        int descriptor = calls.open(name, flags);
        String operation = "open " + path;
        if (descriptor == Code.NO_SUCH_DEVICE_OR_ADDRESS) {
            throw IoException.because(
                    descriptor, operation, "nobody reads it; open it to read from first");
        }
        check(descriptor, operation);
        try {
            if (kind(descriptor) != Kind.PIPE) {
                throw IoException.because(Code.INVALID_ARGUMENT, operation, "it is no FIFO");
            }
            return descriptor;
        } catch (Throwable failure) {
            calls.close(descriptor);
            throw failure;
        }
    }

    /** The umask has its way with mkfifo; changing it would change it for all threads. */
    @Override
    public void makeFifo(Path path, int permissions) throws IoException {
        NativeMemory name = FileNames.zeroTerminated(path);
        SystemFunctions libc = LibcSystem.Functions.ONLY;
        check(answer(name.keptFor(libc.mkfifo(name.address(), permissions))), "mkfifo " + path);
        check(answer(name.keptFor(libc.chmod(name.address(), permissions))), "chmod " + path);
    }

    @Override
    public Kind kind(int descriptor) throws IoException {
        long position = calls.lseek(descriptor, 0, SEEK_CUR);
        if (position >= 0 && Libc.functions().isatty(descriptor) == 0) {
            return Kind.FILE;
        }
        if (position < 0 && position != Code.ILLEGAL_SEEK) {
            // A directory or something else with a position of its own kind, unless it is closed.
            check((int) position, "kind");
        }
        if (Libc.functions().isatty(descriptor) == 1) {
            return Kind.TERMINAL;
        }
        SocketConstants names = platform.constants();
        return options.get(descriptor, names.solSocket, names.soType) < 0 ? Kind.PIPE : Kind.SOCKET;
    }

    @Override
    public Direction direction(int descriptor) throws IoException {
        return switch (flags(descriptor) & ACCESS_MODE) {
            case READ_ONLY -> Direction.READ;
            case WRITE_ONLY -> Direction.WRITE;
            default -> Direction.BOTH;
        };
    }

    private int flags(int descriptor) throws IoException {
        return check(answer(LibcSystem.Functions.ONLY.fcntl(descriptor, F_GETFL, 0)), "fcntl");
    }

    @Override
    public String identity(int descriptor) throws IoException {
        flags(descriptor);
        String known = DescriptorStatus.of(platform, descriptor, "dev,ino");
        // All of which nothing is known are taken for one.
        return known == null ? "unknown" : known;
    }

    @Override
    public boolean setBlocking(int descriptor, boolean blocks) throws IoException {
        int nonBlocking = platform.constants().openNonblock;
        int before = flags(descriptor);
        int after = blocks ? before & ~nonBlocking : before | nonBlocking;
        if (after != before) {
            SystemFunctions libc = LibcSystem.Functions.ONLY;
            check(answer(libc.fcntl(descriptor, F_SETFL, after)), "fcntl");
        }
        return (before & nonBlocking) == 0;
    }

    @Override
    public void setCloseOnExec(int descriptor) throws IoException {
        check(calls.setCloseOnExec(descriptor), "ioctl");
    }

    @Override
    public int duplicate(int descriptor) throws IoException {
        int command =
                switch (platform.system()) {
                    case LINUX -> 1030;
                    case MACOS -> 67;
                    case FREEBSD, DRAGONFLY -> 17;
                    case OPENBSD -> 10;
                    case NETBSD -> 12;
                    case OTHER ->
                            throw IoException.because(
                                    Code.NOT_SUPPORTED, "dup", "the system is not known");
                };
        return check(answer(LibcSystem.Functions.ONLY.fcntl(descriptor, command, 0)), "dup");
    }

    private int answer(int result) {
        return result >= 0 ? result : platform.errors().code(Libc.lastError());
    }

    private static int check(int result, String operation) throws IoException {
        if (result < 0) {
            throw IoException.of(result, operation, null);
        }
        return result;
    }
}
