// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Calls on sockets, with their arguments laid out in one loop's memory. Answers codes, has no
 * policy, allocates only addresses.
 *
 * <p>EINTR is repeated here, except where the interrupted call has had its effect: a connect goes
 * on by itself and a close has closed. Loop thread only.
 */
final class SocketCalls {
    /**
     * One send names at most this many segments: enough to fill a socket buffer with small ones.
     */
    static final int MAXIMUM_SEGMENTS = 64;

    private static final int ADDRESS = 0;
    private static final int LENGTH = ADDRESS + SocketAddressLayout.MAXIMUM_BYTES;
    private static final int ERROR = LENGTH + Integer.BYTES;
    private static final int HEADER = 192;
    private static final int SEGMENTS = 256;
    private static final int MSG_ZEROCOPY = 0x4000000;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;

    /** How much of a file is read at once that has no descriptor. */
    private static final int COPIED_BYTES = 64 << 10;

    private final SystemCalls calls;
    private final SocketDialect dialect;
    private final Platform platform;
    private final SocketAddressCodec codec;
    private final NativeMemory memory =
            NativeMemory.allocate(SEGMENTS + MAXIMUM_SEGMENTS * MessageLayout.SEGMENT_BYTES);

    /** Few loops pass descriptors. */
    private @Nullable RightsMessage outgoing;

    /** Few loops send in place. */
    private @Nullable ErrorQueue notices;

    private @Nullable ByteBuffer fileBytes;

    private final FileCopier copier;

    SocketCalls(SystemCalls calls, SocketDialect dialect, Platform platform) {
        this.calls = calls;
        this.dialect = dialect;
        this.platform = platform;
        this.codec = new SocketAddressCodec(platform.addresses());
        this.copier = new FileCopier(calls, dialect.sendFlags());
    }

    int receive(int fd, long buffer, int length) {
        int received;
        do {
            received = calls.recv(fd, buffer, length, 0);
        } while (received == Code.INTERRUPTED);
        return received;
    }

    /** One segment goes by send(2), which spares the kernel copying a header. */
    int send(int fd, Gather from) {
        return from.count() == 1
                ? send(fd, addressOf(from, 0), from.length(0))
                : sendAll(fd, from, dialect.sendFlags());
    }

    /** The memory is the kernel's until {@link #takeNotice} says otherwise. Linux alone. */
    int sendInPlace(int fd, Gather from) {
        return sendAll(fd, from, dialect.sendFlags() | MSG_ZEROCOPY);
    }

    /**
     * What {@link io.millrace.spi.reactor.RawStream#takeNotice} answers of the send of a number.
     */
    int takeNotice(int fd, int number) {
        ErrorQueue queue = notices;
        if (queue == null) {
            queue = new ErrorQueue(calls, platform);
            notices = queue;
        }
        return queue.takeNotice(fd, number);
    }

    private int send(int fd, long buffer, int length) {
        int sent;
        do {
            sent = calls.send(fd, buffer, length, dialect.sendFlags());
        } while (sent == Code.INTERRUPTED);
        return sent >= 0 ? sent : dialect.failedSend(sent);
    }

    private int sendAll(int fd, Gather from, int flags) {
        int count = from.count();
        for (int i = 0; i < count; i++) {
            MessageLayout.putSegment(
                    memory,
                    SEGMENTS + i * MessageLayout.SEGMENT_BYTES,
                    addressOf(from, i),
                    from.length(i));
        }
        platform.messages().putHeader(memory, HEADER, memory.address(SEGMENTS), count);
        int sent;
        do {
            sent = memory.keptFor(calls.sendmsg(fd, memory.address(HEADER), flags));
        } while (sent == Code.INTERRUPTED);
        return sent >= 0 ? sent : dialect.failedSend(sent);
    }

    static long addressOf(Gather from, int index) {
        long address = from.address(index);
        return address != 0
                ? address
                : Libc.addressOf(from.buffer(index)) + from.buffer(index).position();
    }

    int sendFile(int fd, OpenFile file, long position, long count) {
        int descriptor = file.descriptor();
        long sent;
        do {
            sent =
                    descriptor >= 0
                            ? sendByDescriptor(fd, descriptor, position, count)
                            : sendCopy(fd, file, position, count);
        } while (sent == Code.INTERRUPTED);
        return sent >= 0 ? (int) sent : dialect.failedSend((int) sent);
    }

    /** What sendfile(2) does not do of this file or file system can still be read. */
    private long sendByDescriptor(int fd, int file, long position, long count) {
        long sent = dialect.sendFile(fd, file, position, count);
        boolean isNotDone =
                sent == Code.INVALID_ARGUMENT
                        || sent == Code.NOT_SUPPORTED
                        || sent == Code.NOT_IMPLEMENTED;
        return isNotDone ? copier.sendFile(fd, file, position, count) : sent;
    }

    /** One byte with descriptors; 1, or a code. */
    int sendDescriptors(int fd, byte carrier, int[] descriptors) {
        RightsMessage message = outgoing;
        if (message == null) {
            message = new RightsMessage(this::close);
            outgoing = message;
        }
        message.put(carrier, descriptors);
        try {
            int sent;
            do {
                sent = calls.sendmsg(fd, message.address(), dialect.sendFlags());
            } while (sent == Code.INTERRUPTED);
            return sent >= 0 ? sent : dialect.failedSend(sent);
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** Bytes, and what came with them. */
    int receiveMessage(int fd, RightsMessage message) {
        try {
            int received;
            do {
                received = calls.recvmsg(fd, message.address(), RightsMessage.RECEIVE_FLAGS);
            } while (received == Code.INTERRUPTED);
            return received;
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** What the JDK has opened, whose descriptor it keeps to itself. */
    private long sendCopy(int fd, OpenFile file, long position, long count) {
        ByteBuffer piece = fileBytes;
        if (piece == null) {
            piece = DirectMemory.allocate(COPIED_BYTES);
            fileBytes = piece;
        }
        try {
            piece.clear().limit((int) Math.min(count, COPIED_BYTES));
            if (file.read(piece, position) <= 0) {
                return Code.END_OF_STREAM;
            }
        } catch (IOException failure) {
            return FileErrors.codeOf(failure);
        }
        return calls.send(fd, Libc.addressOf(piece), piece.position(), dialect.sendFlags());
    }

    /** {@code OK}, {@code IN_PROGRESS}, or why not. */
    int connect(int fd, int family, SocketAddress to) {
        int length;
        try {
            length = codec.write(to, family, memory, ADDRESS);
        } catch (IoException e) {
            return e.code();
        }
        int result = memory.keptFor(calls.connect(fd, memory.address(ADDRESS), length));
        return result == Code.INTERRUPTED ? Code.IN_PROGRESS : result;
    }

    /** Fetches and clears SO_ERROR: {@code OK} if there is none. */
    int pendingError(int fd) {
        memory.putInt(LENGTH, Integer.BYTES);
        SocketConstants constants = platform.constants();
        int result =
                memory.keptFor(
                        calls.getsockopt(
                                fd,
                                constants.solSocket,
                                constants.soError,
                                memory.address(ERROR),
                                memory.address(LENGTH)));
        return result < 0 ? result : platform.errors().code(memory.getInt(ERROR));
    }

    /** A descriptor, for {@link #accepted} before any other call, or a code. */
    int accept(int listener) {
        int accepted;
        do {
            memory.putInt(LENGTH, SocketAddressLayout.MAXIMUM_BYTES);
            accepted =
                    memory.keptFor(
                            dialect.accept(
                                    listener, memory.address(ADDRESS), memory.address(LENGTH)));
        } while (accepted == Code.INTERRUPTED);
        return accepted;
    }

    /** What {@link #accept} just took. */
    AcceptedDescriptor accepted(int fd, int family) {
        return new AcceptedDescriptor(calls, fd, family, reportedAddress());
    }

    /** A connection that is taken from its loop, see {@link AcceptedDescriptor}. */
    AcceptedDescriptor released(
            int fd, int family, @Nullable SocketAddress peer, boolean wasOthers, int takenError) {
        return new AcceptedDescriptor(calls, fd, family, peer, wasOthers, takenError);
    }

    @Nullable SocketAddress localAddress(int fd) {
        return socketName(fd) < 0 ? null : reportedAddress();
    }

    /** {@code OK}, and then {@link #reportedAddress} is the socket's own. */
    int socketName(int fd) {
        memory.putInt(LENGTH, SocketAddressLayout.MAXIMUM_BYTES);
        return memory.keptFor(
                calls.getsockname(fd, memory.address(ADDRESS), memory.address(LENGTH)));
    }

    /** The number of the family of the address that the kernel has just written. */
    int reportedFamily() {
        return platform.addresses().family(memory, ADDRESS);
    }

    /** {@code OK} if connected, and then {@link #reportedAddress} is the peer. */
    int peerName(int fd) {
        memory.putInt(LENGTH, SocketAddressLayout.MAXIMUM_BYTES);
        return memory.keptFor(
                calls.getpeername(fd, memory.address(ADDRESS), memory.address(LENGTH)));
    }

    /** The address that the kernel has just written. */
    @Nullable SocketAddress reportedAddress() {
        return codec.read(memory, ADDRESS, memory.getInt(LENGTH));
    }

    int bind(int fd, int family, SocketAddress to) throws IoException {
        int length = codec.write(to, family, memory, ADDRESS);
        return memory.keptFor(calls.bind(fd, memory.address(ADDRESS), length));
    }

    int listen(int fd, int backlog) {
        return calls.listen(fd, backlog);
    }

    int socket(int family) {
        return dialect.socket(family, platform.constants().sockStream);
    }

    int datagramSocket(int family) {
        return dialect.socket(family, platform.constants().sockDgram);
    }

    /**
     * Ends the connection of a datagram socket. macOS and the BSDs say that the address is of no
     * use, and have done it.
     */
    int disconnect(int fd, int family) {
        int length = codec.writeNone(family, memory, ADDRESS);
        int result = memory.keptFor(calls.connect(fd, memory.address(ADDRESS), length));
        boolean isDone =
                platform.system().isBsd()
                        && (result == Code.FAMILY_NOT_SUPPORTED
                                || result == Code.INVALID_ARGUMENT
                                || result == Code.ADDRESS_NOT_AVAILABLE);
        return isDone ? Code.OK : result;
    }

    int sendFlags() {
        return dialect.sendFlags();
    }

    int failedSend(int code) {
        return dialect.failedSend(code);
    }

    /** Two descriptors at an address, which neither block nor are inherited. */
    int pipe(long pair) {
        return dialect.pipe(pair);
    }

    int prepare(int fd) {
        return dialect.prepare(fd);
    }

    int shutdownOutput(int fd) {
        return calls.shutdown(fd, SHUT_WR);
    }

    int shutdownInput(int fd) {
        return calls.shutdown(fd, SHUT_RD);
    }

    /** Not repeated after EINTR: the number is free then and may be somebody else's already. */
    void close(int fd) {
        calls.close(fd);
    }

    int family(SocketAddress address) throws IoException {
        return codec.family(address);
    }
}
