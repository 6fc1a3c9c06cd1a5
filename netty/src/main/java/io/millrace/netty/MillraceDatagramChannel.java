// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.netty.Memberships.Membership;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.client.SocketAddresses;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket: {@link DatagramPacket}s come in; out go those, other envelopes of a {@code ByteBuf}
 * with an address, and plain {@code ByteBuf}s while the channel is connected.
 *
 * <p>A datagram comes whole, however long a buffer the channel's {@code RecvByteBufAllocator}
 * guesses, up to the receive buffers of the loop; that allocator only says how many come in a row.
 * A channel that sends or connects without having been bound is bound to a port of the system's
 * choice. One may join groups before that, and is a member once it is bound. See udp(7).
 */
public final class MillraceDatagramChannel extends MillraceSendingChannel
        implements DatagramChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);

    private final @Nullable SocketProtocolFamily family;
    private final DatagramConfig config = new DatagramConfig(this);
    private final DatagramIncoming incoming = new DatagramIncoming(this);
    private final DatagramOutgoing outgoing = new DatagramOutgoing(this);

    private final Memberships memberships = new Memberships(this);

    private @Nullable DatagramPort port;
    private volatile boolean bound;
    private volatile boolean connected;

    /**
     * A channel of the family of the address that it is bound or connects to. One that sends before
     * that reaches both.
     */
    public MillraceDatagramChannel() {
        super(null);
        family = null;
    }

    /**
     * A channel of one family. One of IPv6 reaches IPv4 addresses as well.
     *
     * @throws IllegalArgumentException for Unix-domain datagrams, which there are none of
     */
    public MillraceDatagramChannel(SocketProtocolFamily family) {
        super(null);
        if (family != SocketProtocolFamily.INET && family != SocketProtocolFamily.INET6) {
            throw new IllegalArgumentException("datagrams are of INET or INET6, not of " + family);
        }
        this.family = family;
    }

    @Override
    public DatagramChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    @Nullable DatagramPort port() {
        return port;
    }

    @Override
    public boolean isActive() {
        return isOpen() && (bound || (config.isActiveOnRegistration() && isRegistered()));
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    void registered(MillraceIoHandler with) {
        incoming.proceed();
    }

    @Override
    void deregistered() {
        incoming.proceed();
    }

    @Override
    void readPendingChanged() {
        incoming.proceed();
    }

    @Override
    void closeSocket() {
        incoming.releaseParked();
        bound = false;
        connected = false;
        DatagramPort current = port;
        port = null;
        if (current != null) {
            current.close();
        }
    }

    static InetSocketAddress checked(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    @Override
    protected void doBind(SocketAddress localAddress) throws Exception {
        if (port != null) {
            throw new AlreadyBoundException();
        }
        try {
            bindTo(checked(localAddress));
        } catch (IoException failure) {
            throw Failed.bind(failure);
        }
    }

    private void bindTo(InetSocketAddress address) throws IoException {
        DatagramPort made = portAt(address, config.isReuseAddress(), config.isReusePort());
        try {
            memberships.joinAll(made);
        } catch (IoException | RuntimeException failure) {
            made.close();
            throw failure;
        }
        port = made;
        config.applyTo(made);
        bound = true;
        addressesAre(made.localAddress(), null);
        incoming.proceed();
    }

    /** A socket of its own, which tells the channel what happens. */
    DatagramPort portAt(InetSocketAddress address, boolean isReused, boolean isBalanced)
            throws IoException {
        MillraceIoHandler with = ownHandler();
        DatagramEngine engine = with.driver().datagrams();
        if (engine == null) {
            throw IoException.because(
                    Code.NOT_SUPPORTED,
                    "bind " + address,
                    "backend " + with.backend().name() + " has no datagrams");
        }
        if (isBalanced && !with.driver().capabilities().balancedReusePort()) {
            throw IoException.because(
                    Code.NOT_SUPPORTED,
                    "bind " + address,
                    "this backend does not balance datagrams between sockets of one port");
        }
        InetSocketAddress wanted = SocketAddresses.toBindTo(ofFamily(address));
        DatagramSpec spec = new DatagramSpec(wanted, isReused, isBalanced, false);
        DatagramPort made = engine.bind(spec, new DatagramEvents(with, incoming, outgoing, this));
        with.portOpened();
        return made;
    }

    /** The wildcard means that of the channel's family. */
    private InetSocketAddress ofFamily(InetSocketAddress address) {
        boolean isInet6 = address.getAddress() instanceof Inet6Address;
        boolean wantsInet6 = family == SocketProtocolFamily.INET6;
        return family != null && isInet6 != wantsInet6 && address.getAddress().isAnyLocalAddress()
                ? wildcard(wantsInet6, address.getPort())
                : address;
    }

    private static InetSocketAddress wildcard(boolean isInet6, int port) {
        return new InetSocketAddress(isInet6 ? "::" : "0.0.0.0", port);
    }

    /**
     * The socket, which is bound to any port if it was not bound.
     *
     * @param near whose family it is to be of, or null if it has to reach all that there are
     */
    DatagramPort ownPort(@Nullable InetAddress near) throws IoException {
        if (port == null) {
            if (family == null && near == null) {
                bindToAny();
            } else {
                bindTo(anyNear(near));
            }
        }
        return java.util.Objects.requireNonNull(port);
    }

    /** Any port of the channel's family, or else of that of an address. */
    InetSocketAddress anyNear(@Nullable InetAddress near) {
        boolean isInet6 =
                family == null
                        ? near instanceof Inet6Address
                        : family == SocketProtocolFamily.INET6;
        return wildcard(isInet6, 0);
    }

    /** An IPv6 socket reaches IPv4 addresses as well, if the host has such sockets. */
    private void bindToAny() throws IoException {
        try {
            bindTo(wildcard(true, 0));
        } catch (IoException none) {
            try {
                bindTo(wildcard(false, 0));
            } catch (IoException failure) {
                failure.addSuppressed(none);
                throw failure;
            }
        }
    }

    private void connectTo(InetSocketAddress remote, @Nullable SocketAddress local)
            throws Exception {
        if (local != null) {
            doBind(local);
        }
        InetSocketAddress reached = SocketAddresses.toSendTo(remote);
        DatagramPort current = ownPort(reached.getAddress());
        int result = current.connect(reached);
        if (result < 0) {
            throw Failed.connect(result, remote);
        }
        addressesAre(current.localAddress(), remote);
        connected = true;
    }

    @Override
    protected void doDisconnect() throws Exception {
        DatagramPort current = port;
        if (current == null || !connected) {
            return;
        }
        int result = current.disconnect();
        if (result < 0) {
            throw IoException.of(result, "disconnect", remoteAddress());
        }
        connected = false;
        addressesAre(current.localAddress(), null);
    }

    /** Half a datagram channel is of no use to anybody: what fails for good ends it. */
    @Override
    protected void doShutdownOutput() {
        unsafe().close(voidPromise());
    }

    @Override
    DatagramOutgoing sending() {
        return outgoing;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new DatagramUnsafe();
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group) {
        return joinGroup(group, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, ChannelPromise promise) {
        return join(group, config.getNetworkInterface(), null, promise);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface link) {
        return joinGroup(group, link, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetSocketAddress group, NetworkInterface link, ChannelPromise promise) {
        return join(group.getAddress(), link, null, promise);
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress group, NetworkInterface link, @Nullable InetAddress source) {
        return joinGroup(group, link, source, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress group,
            NetworkInterface link,
            @Nullable InetAddress source,
            ChannelPromise promise) {
        return join(group, link, source, promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group) {
        return leaveGroup(group, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, ChannelPromise promise) {
        return leave(group, config.getNetworkInterface(), null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface link) {
        return leaveGroup(group, link, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetSocketAddress group, NetworkInterface link, ChannelPromise promise) {
        return leave(group.getAddress(), link, null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress group, NetworkInterface link, @Nullable InetAddress source) {
        return leaveGroup(group, link, source, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress group,
            NetworkInterface link,
            @Nullable InetAddress source,
            ChannelPromise promise) {
        return leave(group, link, source, promise);
    }

    private ChannelFuture join(
            InetAddress group,
            @Nullable NetworkInterface link,
            @Nullable InetAddress source,
            ChannelPromise promise) {
        inLoop(() -> memberships.join(new Membership(group, link, source), promise));
        return promise;
    }

    private ChannelFuture leave(
            InetAddress group,
            @Nullable NetworkInterface link,
            @Nullable InetAddress source,
            ChannelPromise promise) {
        inLoop(() -> memberships.leave(new Membership(group, link, source), promise));
        return promise;
    }

    /** Not supported, as in Netty's native transports: join a group of one source instead. */
    @Override
    public ChannelFuture block(InetAddress group, NetworkInterface link, InetAddress source) {
        return block(group, link, source, newPromise());
    }

    @Override
    public ChannelFuture block(
            InetAddress group, NetworkInterface link, InetAddress source, ChannelPromise promise) {
        return block(group, source, promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source) {
        return block(group, source, newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source, ChannelPromise promise) {
        promise.tryFailure(
                new UnsupportedOperationException(
                        "sources are not blocked; join the group for the sources that are wanted"));
        return promise;
    }

    private final class DatagramUnsafe extends SendingUnsafe {
        @Override
        public void connect(
                SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            boolean wasActive = isActive();
            try {
                connectTo(checked(remote), local);
            } catch (Throwable failure) {
                promise.tryFailure(annotateConnectException(failure, remote));
                if (!wasActive) {
                    close(voidPromise());
                }
                return;
            }
            promise.trySuccess();
            if (!wasActive && isActive()) {
                pipeline().fireChannelActive();
            }
        }
    }
}
