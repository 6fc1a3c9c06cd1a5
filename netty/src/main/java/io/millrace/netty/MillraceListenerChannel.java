// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.client.SocketAddresses;
import io.netty.channel.Channel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket: connections that the driver accepts become channels when Netty asks for them,
 * and are parked when it does not.
 */
abstract class MillraceListenerChannel extends MillraceChannel implements ServerChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    /** How long to wait for descriptors or memory to be freed, unless who listens waits longer. */
    private static final long BACK_OFF_MILLIS = 100;

    private final ServerConfig config = new ServerConfig(this);
    private final ArrayDeque<Accepted> parked = new ArrayDeque<>(0);
    private final Accepting accepting = new Accepting();

    private @Nullable ListenerPort port;
    private volatile boolean active;

    /** Whether the driver is accepting, and was told to stop. */
    private boolean armed;

    private boolean stopping;
    private boolean backsOff;
    private boolean reading;
    private boolean attended;

    MillraceListenerChannel() {
        super(null);
    }

    /** The channel of a connection. */
    abstract Channel child(Accepted connection);

    /** Whether the address is of the channel's kind. */
    abstract SocketAddress checked(SocketAddress address);

    @Override
    public ServerConfig config() {
        return config;
    }

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public final boolean isActive() {
        return active && isOpen();
    }

    @Override
    final @Nullable ListenerPort port() {
        return port;
    }

    @Override
    final void registered(MillraceIoHandler with) {
        proceed();
    }

    @Override
    final void deregistered() {
        proceed();
    }

    @Override
    final void readPendingChanged() {
        proceed();
    }

    @Override
    protected final void doBind(SocketAddress localAddress) throws Exception {
        MillraceIoHandler with = ownHandler();
        if (port != null) {
            throw new java.nio.channels.AlreadyBoundException();
        }
        SocketAddress address = SocketAddresses.toListenOn(with.opened(), checked(localAddress));
        ensureBalances(with.driver().capabilities(), address);
        ListenerPort made;
        try {
            made = listen(with, address);
        } catch (IoException failure) {
            throw Failed.bind(failure);
        }
        with.portOpened();
        port = made;
        config.options.applyTo(made);
        SocketAddress bound = made.localAddress();
        addressesAre(bound == null ? address : bound, null);
        active = true;
    }

    private ListenerPort listen(MillraceIoHandler with, SocketAddress address) throws IoException {
        List<NumberedOption> numbered = config.options.byNumber();
        if (!numbered.isEmpty() && with.driver().capabilities().descriptors()) {
            try {
                return listen(with, address, numbered);
            } catch (IoException failure) {
                // If it was an option: that is told when they are set once more, and passed over.
                return listen(with, address, List.of());
            }
        }
        return listen(with, address, List.of());
    }

    private ListenerPort listen(
            MillraceIoHandler with, SocketAddress address, List<NumberedOption> numbered)
            throws IoException {
        return with.driver().streams().listen(spec(address, numbered), new Events(with));
    }

    private void ensureBalances(Capabilities capabilities, SocketAddress address)
            throws IoException {
        if (config.isReusePort() && !capabilities.balancedReusePort()) {
            throw IoException.because(
                    Code.NOT_SUPPORTED,
                    "listen " + address,
                    "this backend does not balance connections between listeners of one port; let"
                            + " one channel accept for a group of loops");
        }
    }

    private ListenSpec spec(SocketAddress address, List<NumberedOption> numbered) {
        boolean isInternet = address instanceof InetSocketAddress;
        return new ListenSpec(
                address,
                Math.max(1, config.getBacklog()),
                isInternet && config.isReuseAddress(),
                isInternet && config.isReusePort(),
                isInternet ? config.getReceiveBufferSize() : 0,
                null,
                Map.of(),
                numbered);
    }

    @Override
    void closeSocket() {
        for (Accepted each = parked.poll(); each != null; each = parked.poll()) {
            each.close();
        }
        ListenerPort current = port;
        port = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    protected final void doWrite(ChannelOutboundBuffer in) {
        throw new UnsupportedOperationException("a listening socket sends nothing");
    }

    @Override
    protected final Object filterOutboundMessage(Object message) {
        throw new UnsupportedOperationException("a listening socket sends nothing");
    }

    /** Accepts or stops, according to what is wanted, or hands on what is parked. */
    private void proceed() {
        ListenerPort current = port;
        if (current == null || !isActive() || reading) {
            return;
        }
        boolean wanted = isReadPending() && isWired();
        if (!wanted) {
            if (armed && !stopping) {
                stopping = true;
                current.stopAccept();
            }
        } else if (!parked.isEmpty()) {
            attend();
        } else if (!armed && !backsOff) {
            armed = true;
            current.startAccept();
        }
    }

    private void attend() {
        MillraceIoHandler with = handler();
        if (!attended && with != null) {
            attended = true;
            with.afterPoll(accepting);
        }
    }

    private boolean mayHandOn() {
        if (!isWired() || !isOpen()) {
            return false;
        }
        ExtendedHandle handle = readHandle();
        return reading ? handle.continueReading() : isReadPending();
    }

    private void handOn(Accepted connection) {
        ExtendedHandle handle = readHandle();
        if (!reading) {
            reading = true;
            handle.reset(config);
            attend();
        }
        handle.attemptedBytesRead(1);
        handle.lastBytesRead(1);
        handle.incMessagesRead(1);
        readIsServed();
        Channel made;
        try {
            made = child(connection);
        } catch (RuntimeException | Error failure) {
            connection.close();
            throw failure;
        }
        pipeline().fireChannelRead(made);
    }

    private void complete() {
        reading = false;
        readHandle().readComplete();
        pipeline().fireChannelReadComplete();
    }

    private void acceptStopped(int code) {
        armed = false;
        stopping = false;
        if (!isOpen()) {
            return;
        }
        if (code == Code.CANCELLED) {
            proceed();
            return;
        }
        backsOff = true;
        var unused =
                eventLoop().schedule(this::backOffEnds, BACK_OFF_MILLIS, TimeUnit.MILLISECONDS);
        pipeline().fireExceptionCaught(IoException.of(code, "accept", localAddress()));
    }

    private void backOffEnds() {
        backsOff = false;
        proceed();
    }

    private void tellFailed(Throwable failure) {
        try {
            pipeline().fireExceptionCaught(failure);
        } catch (Throwable another) {
            failure.addSuppressed(another);
            MillraceIoHandler.tell("a listener has failed: " + this, failure);
        }
    }

    @Override
    protected final AbstractUnsafe newUnsafe() {
        return new ListenerUnsafe();
    }

    private final class ListenerUnsafe extends MillraceUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress local, ChannelPromise promise) {
            safeSetFailure(
                    promise, new UnsupportedOperationException("a listening socket connects not"));
        }
    }

    /** What is left to do after a poll. */
    private final class Accepting implements MillraceIoHandler.PollEnd {
        @Override
        public void afterPoll() {
            attended = false;
            try {
                if (reading) {
                    complete();
                }
                if (!parked.isEmpty() && mayHandOn()) {
                    do {
                        handOn(parked.remove());
                    } while (!parked.isEmpty() && mayHandOn());
                    complete();
                }
                proceed();
            } catch (Throwable failure) {
                tellFailed(failure);
            }
        }
    }

    /** What the driver reports. It throws nothing. */
    private final class Events implements ListenerSink {
        private final MillraceIoHandler with;

        Events(MillraceIoHandler with) {
            this.with = with;
        }

        @Override
        public void onAccept(Accepted connection) {
            try {
                if (!isOpen()) {
                    connection.close();
                } else if (parked.isEmpty() && mayHandOn()) {
                    handOn(connection);
                } else {
                    parked.add(connection);
                    attend();
                }
            } catch (Throwable failure) {
                tellFailed(failure);
            }
        }

        @Override
        public void onAcceptStopped(int code) {
            try {
                acceptStopped(code);
            } catch (Throwable failure) {
                tellFailed(failure);
            }
        }

        @Override
        public void onClosed() {
            with.portClosed();
        }
    }
}
