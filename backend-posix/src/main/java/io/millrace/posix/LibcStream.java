// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A stream socket of libc's. Loop thread only; the descriptor is -1 once it is closed. */
final class LibcStream extends RawStream {
    private static final int NONE = -1;

    private final SocketCalls calls;
    private final SocketOptions options;
    private final int family;
    private int fd;

    /** The peer's, unless it is in {@link #peerHost} and {@link #peerPort}. */
    private @Nullable SocketAddress remoteAddress;

    /** An IPv4 address as a number: as objects it would be a seventh of an idle connection. */
    private int peerHost;

    private int peerPort = NONE;

    /** How many sends have left their memory in place: the kernel counts them as well, from 0. */
    private int sendsInPlace;

    private boolean isAllowedInPlace;

    /** Whether somebody else may have had such sends, of which the count is not known. */
    private final boolean wasOthers;

    /** What is received by, where descriptors are wanted. */
    private @Nullable RightsMessage rights;

    private @Nullable Passed passed;

    /**
     * A connected socket if {@code remoteAddress} is known, otherwise one to connect.
     *
     * @param wasOthers whether it was taken over from somebody who may have sent by it
     */
    LibcStream(
            SocketCalls calls,
            SocketOptions options,
            int family,
            int fd,
            @Nullable SocketAddress remoteAddress,
            boolean wasOthers) {
        this.calls = calls;
        this.options = options;
        this.family = family;
        this.fd = fd;
        this.wasOthers = wasOthers;
        rememberPeer(remoteAddress);
    }

    /** What the kernel has reported, which has no name. */
    private void rememberPeer(@Nullable SocketAddress reported) {
        if (reported instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet4Address host) {
            peerHost = ByteBuffer.wrap(host.getAddress()).getInt();
            peerPort = inet.getPort();
        } else {
            remoteAddress = reported;
        }
    }

    @Override
    public int receive(PoolChunk into) {
        return receive(into.address(), into.capacity());
    }

    @Override
    public int receive(ByteBuffer into) {
        return receive(Libc.addressOf(into) + into.position(), into.remaining());
    }

    int receive(long buffer, int length) {
        RightsMessage message = rights;
        if (message != null) {
            message.receiveInto(buffer, length);
            int result = calls.receiveMessage(fd, message);
            passed = result > 0 ? message.received() : null;
            return received(result);
        }
        return received(calls.receive(fd, buffer, length));
    }

    /**
     * What a receive has come to that was answered so. Without its error, which the poller may have
     * taken, a reset looks like the end.
     */
    int received(int result) {
        return result == Code.END_OF_STREAM ? errorOr(result) : result;
    }

    @Override
    public int send(Gather from) {
        return sent(calls.send(fd, from));
    }

    @Override
    public int allowInPlace() {
        int result = wasOthers ? Code.NOT_SUPPORTED : options.allowInPlace(fd);
        isAllowedInPlace |= result == Code.OK;
        return result;
    }

    @Override
    public int sendInPlace(Gather from) {
        int result = sent(calls.sendInPlace(fd, from));
        if (result > 0) {
            sendsInPlace++;
        }
        return result;
    }

    @Override
    public int takeNotice() {
        return fd < 0 ? NO_NOTICE : calls.takeNotice(fd, sendsInPlace - 1);
    }

    /** A socket that has no connection any more cannot be reset, which is as good. */
    @Override
    public void reset() {
        calls.disconnect(fd, family);
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        return sent(calls.sendFile(fd, file, position, count));
    }

    /** Without its error a reset looks like a peer that no longer reads. */
    private int sent(int result) {
        if (result == Code.IN_PROGRESS) {
            // By fast open: the first bytes were to go with the SYN, which has left without them.
            return Code.WOULD_BLOCK;
        }
        return result == Code.BROKEN_PIPE ? errorOr(result) : result;
    }

    /** The error that the poller has taken, once; else what the call answered. */
    private int errorOr(int result) {
        int taken = takenError;
        takenError = Code.OK;
        return taken == Code.OK ? result : taken;
    }

    @Override
    public int bind(SocketAddress local) {
        try {
            return calls.bind(fd, family, local);
        } catch (IoException foreign) {
            return foreign.code();
        }
    }

    @Override
    public int connect(SocketAddress to) {
        int result = calls.connect(fd, family, to);
        if (result == Code.OK) {
            remoteAddress = to;
        }
        return result;
    }

    /**
     * No error does not mean connected: an unconnected socket has none either, and epoll reports a
     * socket as hung up and writable before its connect has begun. Having a peer does.
     */
    @Override
    public int finishConnect() {
        int error = calls.pendingError(fd);
        if (error == Code.OK) {
            error = errorOr(Code.OK);
        }
        if (error != Code.OK) {
            return error;
        }
        int result = calls.peerName(fd);
        if (result == Code.OK) {
            rememberPeer(calls.reportedAddress());
        }
        return result == Code.NOT_CONNECTED ? Code.IN_PROGRESS : result;
    }

    /** shutdown(2) only says that there is no connection; why, the socket knows, and tells once. */
    @Override
    public int shutdownOutput() {
        int result = calls.shutdownOutput(fd);
        if (result != Code.NOT_CONNECTED) {
            return result;
        }
        int error = calls.pendingError(fd);
        return error == Code.OK ? errorOr(result) : error;
    }

    @Override
    public int shutdownInput() {
        return calls.shutdownInput(fd);
    }

    @Override
    public boolean shortReceiveIsAll() {
        return peerPort != NONE || remoteAddress instanceof InetSocketAddress;
    }

    @Override
    public int sendDescriptors(byte carrier, int[] descriptors) {
        return sent(calls.sendDescriptors(fd, carrier, descriptors));
    }

    @Override
    public void takeDescriptors() {
        rights = new RightsMessage(calls::close);
    }

    @Override
    public @Nullable Passed passed() {
        Passed came = passed;
        passed = null;
        return came;
    }

    @Override
    public int peerCredentials(int[] into) {
        return options.peerCredentials(fd, into);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return fd < 0 ? null : calls.localAddress(fd);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        if (peerPort == NONE) {
            return remoteAddress;
        }
        byte[] host = ByteBuffer.allocate(Integer.BYTES).putInt(peerHost).array();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host), peerPort);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 bytes always are an address", impossible);
        }
    }

    @Override
    public int setOption(PortOption option, int value) {
        return options.set(fd, option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return options.get(fd, option);
    }

    @Override
    public int setOption(NumberedOption option) {
        if (isAllowedInPlace && options.isInPlace(option)) {
            // Without it the kernel would give no notices, of which one may be awaited.
            return Code.NOT_PERMITTED;
        }
        return options.set(fd, option.level(), option.name(), option.value());
    }

    @Override
    public int getOption(int level, int name, int[] into) {
        return options.get(fd, level, name, into);
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public Accepted release() {
        boolean mayHaveSends = wasOthers || sendsInPlace > 0;
        Accepted released = calls.released(fd, family, remoteAddress(), mayHaveSends, takenError);
        // Not before: what could not be handed on is still this stream's to close.
        fd = NONE;
        return released;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            calls.close(fd);
            fd = -1;
        }
    }
}
