// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.DatagramReceives;
import io.millrace.spi.reactor.RawDatagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A datagram socket of libc's. Loop thread only; the descriptor is -1 once it is closed. */
public final class LibcDatagram extends RawDatagram {
    private final DatagramCalls calls;
    private final SocketCalls sockets;
    private final SocketOptions options;
    private final DatagramOptions extras;
    private final boolean isInet6;
    private final int family;

    /** Where it was bound to, with the port that the system chose. */
    private final @Nullable SocketAddress bound;

    /** Whom it is connected to. */
    private final DatagramAddress peer = new DatagramAddress();

    private int fd;

    /** The index that was set, which the system does not tell of IPv4. */
    private int multicastInterface;

    /** Whether the kernel was asked to keep what the network reports. */
    private boolean tellsErrors;

    /** Why the last receive has ended. */
    private @Nullable DatagramFault fault;

    /** Whether datagrams were asked to bring control messages. */
    private boolean hasControl;

    LibcDatagram(
            DatagramCalls calls,
            SocketCalls sockets,
            SocketOptions options,
            DatagramOptions extras,
            int family,
            boolean isInet6,
            int fd) {
        this.calls = calls;
        this.sockets = sockets;
        this.options = options;
        this.extras = extras;
        this.isInet6 = isInet6;
        this.family = family;
        this.fd = fd;
        bound = sockets.localAddress(fd);
    }

    @Override
    public int mostReceives() {
        return calls.mostReceives();
    }

    @Override
    public int receive(DatagramReceives into) {
        int result = calls.receive(fd, into, hasControl);
        return result == Code.WOULD_BLOCK ? faultOr(errorOr(result)) : result;
    }

    /** A report that the kernel keeps without an error of the socket's would be heard for ever. */
    private int faultOr(int result) {
        if (tellsErrors && result == Code.WOULD_BLOCK) {
            DatagramFault found = calls.errors().take(fd);
            fault = found;
            return found == null ? result : found.code();
        }
        return result;
    }

    @Override
    public @Nullable DatagramFault takeFault() {
        DatagramFault found = fault;
        fault = null;
        return found == null && tellsErrors ? calls.errors().take(fd) : found;
    }

    @Override
    public int send(DatagramSends from) {
        int error = errorOr(Code.OK);
        return error == Code.OK ? calls.send(fd, family, peer, from) : error;
    }

    /** The error that the poller has taken, once; else what the call answered. */
    private int errorOr(int result) {
        int taken = takenError;
        takenError = Code.OK;
        return taken == Code.OK ? result : taken;
    }

    @Override
    public int connect(InetSocketAddress to) {
        int result;
        do {
            result = sockets.connect(fd, family, to);
        } while (result == Code.IN_PROGRESS);
        if (result == Code.OK) {
            peer.set(to);
        }
        return result;
    }

    /** A port that was the system's choice is let go of by Linux, and taken again. */
    @Override
    public int disconnect() {
        int result = sockets.disconnect(fd, family);
        if (result < 0 || !(bound instanceof InetSocketAddress before)) {
            return result;
        }
        boolean hasPort =
                sockets.localAddress(fd) instanceof InetSocketAddress now
                        && now.getPort() == before.getPort();
        if (hasPort) {
            return Code.OK;
        }
        try {
            return sockets.bind(fd, family, before);
        } catch (IoException impossible) {
            return impossible.code();
        }
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return fd < 0 ? null : sockets.localAddress(fd);
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
        return options.set(fd, option.level(), option.name(), option.value());
    }

    @Override
    public int getOption(int level, int name, int[] into) {
        return options.get(fd, level, name, into);
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        return extras.membership(fd, true, group, interfaceIndex, source);
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        return extras.membership(fd, false, group, interfaceIndex, source);
    }

    @Override
    public int setOption(DatagramOption option, int value) {
        int result = extras.set(fd, isInet6, option, value);
        boolean brings =
                option == DatagramOption.RECEIVE_PACKET_INFO
                        || option == DatagramOption.RECEIVE_TRAFFIC_CLASS
                        || option == DatagramOption.RECEIVE_COALESCED;
        hasControl |= brings && result == Code.OK && value != 0;
        if (option == DatagramOption.RECEIVE_ERRORS && result == Code.OK) {
            tellsErrors = value != 0;
        }
        if (option == DatagramOption.MULTICAST_INTERFACE && result == Code.OK) {
            multicastInterface = value;
        }
        return result;
    }

    @Override
    public int getOption(DatagramOption option) {
        return option == DatagramOption.MULTICAST_INTERFACE
                ? multicastInterface
                : extras.get(fd, isInet6, option);
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            sockets.close(fd);
            fd = -1;
        }
    }
}
