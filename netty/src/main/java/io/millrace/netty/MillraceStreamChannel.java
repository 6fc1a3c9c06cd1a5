// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import io.millrace.spi.client.SocketAddresses;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.DuplexChannelConfig;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes: its connection. What comes in is {@link Incoming}'s, what goes out is {@link
 * Outgoing}'s.
 */
abstract class MillraceStreamChannel extends MillraceSendingChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    /** Between attempts to connect to a Unix-domain server whose backlog is full. */
    private static final long FIRST_PAUSE_MILLIS = 1;

    private static final long LONGEST_PAUSE_MILLIS = 32;

    private final Incoming incoming = new Incoming(this);
    private final Outgoing outgoing = new Outgoing(this);

    /** A connection that has not found its loop yet. */
    private @Nullable Accepted accepted;

    private @Nullable StreamPort port;
    private @Nullable StreamEvents events;

    /** A connection that leaves its loop, while its port is there. That loop's thread only. */
    private @Nullable StreamPort leaving;

    /** The same until it has come to another. */
    private volatile @Nullable Departure departure;

    private volatile boolean active;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;

    private @Nullable ChannelPromise connecting;
    private @Nullable Future<?> connectTimeout;
    private @Nullable SocketAddress connectingTo;

    MillraceStreamChannel(@Nullable Channel parent, @Nullable Accepted accepted) {
        super(parent);
        this.accepted = accepted;
    }

    /** Its socket options. */
    abstract PortOptions options();

    /** Whether it is to connect with its first bytes, if there are any. */
    abstract boolean isFastOpen();

    @Override
    public abstract DuplexChannelConfig config();

    /** Whether the address is of the channel's kind. */
    abstract SocketAddress checked(SocketAddress address);

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    final @Nullable StreamPort port() {
        return port;
    }

    @Override
    public final boolean isActive() {
        return active && isOpen();
    }

    @Override
    public final boolean isInputShutdown() {
        return inputShutdown || !isActive();
    }

    @Override
    public final boolean isOutputShutdown() {
        return outputShutdown || !isActive();
    }

    @Override
    public final boolean isShutdown() {
        return (inputShutdown && outputShutdown) || !isActive();
    }

    /** Whether the output was shut down, of a channel that may be active. */
    final boolean hasOutputShutdown() {
        return outputShutdown;
    }

    final boolean hasInputShutdown() {
        return inputShutdown;
    }

    final void inputIsShutdown() {
        inputShutdown = true;
    }

    @Override
    final void registered(MillraceIoHandler with) throws Exception {
        Accepted connection = accepted;
        if (connection != null) {
            accepted = null;
            adopt(with, connection);
        }
        incoming.proceed();
    }

    private void adopt(MillraceIoHandler with, Accepted connection) throws IoException {
        StreamEvents sink = new StreamEvents(with, incoming, outgoing, this);
        events = sink;
        connected(with, with.driver().streams().adopt(connection, sink));
        options().applyTo(ownPort());
    }

    @Override
    final boolean isAway() {
        return departure != null;
    }

    /** A connection belongs to no loop while its channel is registered with none. */
    @Override
    final void deregistered() {
        StreamPort current = port;
        if (current == null || !isActive()) {
            incoming.proceed();
            return;
        }
        boolean isIdle = incoming.leaves(ownHandler());
        if (isOpen()) {
            concludeOutput();
        }
        if (isOpen()) {
            // From here on the channel's queue is the next loop's, and nothing here may touch it.
            Objects.requireNonNull(events).leaves();
            outgoing.leaves(current);
            port = null;
            leaving = current;
            departure = new Departure();
            if (isIdle) {
                leave();
            }
        }
    }

    /** The driver's receive has ended. */
    final void receiveEnded() {
        if (leaving != null && !incoming.isArmed()) {
            leave();
        }
    }

    private void leave() {
        StreamPort last = Objects.requireNonNull(leaving);
        Departure from = Objects.requireNonNull(departure);
        leaving = null;
        Accepted released;
        try {
            released = last.release();
        } catch (Throwable failure) {
            // No memory, say: the connection is gone, and who waits for it is told.
            from.failed(failure);
            letGoIfClosed(from);
            throw failure;
        }
        from.arrived(released);
        letGoIfClosed(from);
    }

    /** The loop before is done with a channel that was perhaps closed meanwhile, elsewhere. */
    private void letGoIfClosed(Departure from) {
        if (!isOpen()) {
            letGo(from);
        }
    }

    /**
     * Of what waits in a channel between two loops. Any thread, once the loop before is done with
     * it; that loop and whoever closes the channel may come at the same time.
     */
    private void letGo(Departure from) {
        synchronized (from) {
            incoming.releaseParked();
            outgoing.over();
        }
        dropUnsent();
    }

    @Override
    final boolean isArriving(IoRegistration made, ChannelPromise promise) {
        Departure from = departure;
        if (from == null) {
            return false;
        }
        EventLoop loop = eventLoop();
        from.take(
                (connection, failure) -> {
                    try {
                        loop.execute(() -> arrives(from, made, promise, connection, failure));
                    } catch (Throwable refused) {
                        // The loop has ended, or there is no memory for its task.
                        if (connection != null) {
                            connection.close();
                        }
                        promise.tryFailure(refused);
                        // Who listens to the promise may have ended with the loop.
                        unsafe().closeForcibly();
                    }
                });
        return true;
    }

    private void arrives(
            Departure from,
            IoRegistration made,
            ChannelPromise promise,
            @Nullable Accepted connection,
            @Nullable Throwable failure) {
        MillraceIoHandler before = ownHandler();
        if (connection == null || !isOpen()) {
            if (connection != null) {
                connection.close();
            }
            made.cancel();
            promise.setFailure(failure == null ? new ClosedChannelException() : failure);
            from.isOver();
            return;
        }
        if (before != made.<MillraceIoHandler>attachment()) {
            before.execute(() -> before.isOrphanNoMore(this));
        }
        accepted = connection;
        isRegisteredWith(made, promise);
        // Not before the handler is another's: the loop before may be about to close its orphans.
        if (departure == from) {
            departure = null;
        }
        incoming.arrives();
        unsafe0().flushOn();
        from.isOver();
    }

    @Override
    final boolean isLeaving() {
        return leaving != null;
    }

    @Override
    final void closeOrphan(MillraceIoHandler ending) {
        Departure from = departure;
        // Whoever has called register has its word that another loop takes the connection.
        boolean isExpected = !eventLoop().inEventLoop();
        if (from == null) {
            super.closeOrphan(ending);
        } else if (!isExpected && from.close()) {
            super.closeOrphan(ending);
        } else if (leaving != null) {
            // Another loop waits for it, in vain.
            closeLeaving();
            from.failed(new ClosedChannelException());
            letGoIfClosed(from);
        }
    }

    private void closeLeaving() {
        StreamPort last = leaving;
        leaving = null;
        if (last != null) {
            last.close();
        }
    }

    private void connected(MillraceIoHandler with, StreamPort made) {
        with.portOpened();
        port = made;
        isConnected(made);
    }

    private void isConnected(StreamPort made) {
        // One that connects with its first bytes has no peer before they leave.
        SocketAddress peer = made.remoteAddress();
        addressesAre(made.localAddress(), peer == null ? connectingTo : peer);
        active = true;
    }

    /** Of a channel that has one. */
    final StreamPort ownPort() {
        return Objects.requireNonNull(port);
    }

    @Override
    final void readPendingChanged() {
        incoming.proceed();
    }

    @Override
    final void closeOnTheWay() {
        Departure from = departure;
        if (from != null) {
            if (from.isSettled()) {
                letGo(from);
            }
            from.close();
            from.isOver();
        }
    }

    @Override
    final void closeSocket() {
        failConnect(new ClosedChannelException());
        Departure from = departure;
        if (from == null) {
            incoming.releaseParked();
            concludeOutput();
            outgoing.over();
        } else {
            letGo(from);
            if (!from.close() && leaving != null) {
                from.failed(new ClosedChannelException());
            }
            from.isOver();
        }
        closeLeaving();
        StreamPort current = port;
        port = null;
        if (current != null) {
            current.close();
        }
        Accepted unborn = accepted;
        accepted = null;
        if (unborn != null) {
            unborn.close();
        }
    }

    @Override
    protected final void doBind(SocketAddress localAddress) throws Exception {
        if (port != null || isAway()) {
            throw new AlreadyBoundException();
        }
        SocketAddress wanted =
                SocketAddresses.toBindTo(ownHandler().opened(), checked(localAddress));
        StreamPort made = newPort(ownHandler(), wanted);
        int result = made.bind(wanted);
        if (result < 0) {
            port = null;
            made.close();
            throw Failed.bind(IoException.of(result, "bind", localAddress));
        }
        addressesAre(made.localAddress(), null);
    }

    private void concludeOutput() {
        try {
            outgoing.conclude();
        } catch (IOException lost) {
            // Whoever waits for what was not sent hears that the channel has closed.
            MillraceIoHandler.LOG.report(
                    System.Logger.Level.DEBUG, "a connection was lost before its close", lost);
        } catch (RuntimeException | Error failure) {
            // A message that was released too early, say. The channel ends all the same.
            MillraceIoHandler.tell("what was flushed could not be sent before an end", failure);
        }
    }

    /** A socket for addresses of one family, which is the channel's from now on. */
    private StreamPort newPort(MillraceIoHandler with, SocketAddress address) throws IoException {
        StreamEvents sink = new StreamEvents(with, incoming, outgoing, this);
        events = sink;
        StreamPort made = with.driver().streams().stream(SocketAddresses.familyOf(address), sink);
        with.portOpened();
        port = made;
        options().applyTo(made);
        return made;
    }

    /** The socket that is going to connect: the one that was bound, which has its family. */
    private StreamPort portFor(MillraceIoHandler with, SocketAddress to) throws IoException {
        StreamPort bound = port;
        if (bound == null) {
            return newPort(with, to);
        }
        SocketAddress own = bound.localAddress();
        if (own != null && SocketAddresses.familyOf(own) != SocketAddresses.familyOf(to)) {
            throw IoException.because(
                    Code.FAMILY_NOT_SUPPORTED,
                    "connect " + to,
                    "the channel is bound to " + own + ", which is of another family");
        }
        return bound;
    }

    @Override
    protected final void doShutdownOutput() throws Exception {
        if (!active && isOpen()) {
            throw new NotYetConnectedException();
        }
        StreamPort current = port;
        if (current == null || outputShutdown) {
            return;
        }
        concludeOutput();
        int result = current.shutdownOutput();
        outputShutdown = true;
        outgoing.over();
        if (result < 0) {
            throw Failed.transfer("shutdown", result, remoteAddress());
        }
    }

    @Override
    final Outgoing sending() {
        return outgoing;
    }

    private StreamUnsafe unsafe0() {
        return (StreamUnsafe) unsafe();
    }

    @Override
    protected final AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    @Override
    public final ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public final ChannelFuture shutdownOutput(ChannelPromise promise) {
        inLoop(() -> shutdownOutputHere(promise));
        return promise;
    }

    private void shutdownOutputHere(ChannelPromise promise) {
        if (!isPutOff(() -> shutdownOutputHere(promise))) {
            unsafe0().shutdownOutput(promise);
        }
    }

    /** Commands of a connection that is on its way to another loop follow it there. */
    private boolean isPutOff(Runnable command) {
        Departure from = departure;
        return from != null && from.putsOff(command);
    }

    @Override
    public final ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public final ChannelFuture shutdownInput(ChannelPromise promise) {
        inLoop(() -> shutdownInputHere(promise));
        return promise;
    }

    private void shutdownInputHere(ChannelPromise promise) {
        if (isPutOff(() -> shutdownInputHere(promise))) {
            return;
        }
        if (isActive()) {
            incoming.shutdown();
            promise.setSuccess();
        } else {
            promise.setFailure(
                    isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
        }
    }

    @Override
    public final ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public final ChannelFuture shutdown(ChannelPromise promise) {
        shutdownOutput()
                .addListener(
                        output ->
                                shutdownInput().addListener(input -> ends(promise, output, input)));
        return promise;
    }

    private static void ends(
            ChannelPromise promise,
            io.netty.util.concurrent.Future<?> output,
            io.netty.util.concurrent.Future<?> input) {
        Throwable failure = output.cause() == null ? input.cause() : output.cause();
        if (failure == null) {
            promise.setSuccess();
        } else {
            promise.setFailure(failure);
        }
    }

    /** The driver has an answer to the connect. */
    final void connectEnded(int code) {
        StreamPort current = port;
        SocketAddress to = connectingTo;
        if (!isOpen() || current == null || to == null) {
            return;
        }
        if (code == Code.OK) {
            isConnected(current);
            connectSucceeded();
        } else {
            unsafe0().connectFailed(Failed.connect(code, to));
        }
    }

    private void connectSucceeded() {
        ChannelPromise promise = connecting;
        connecting = null;
        stopConnectTimeout();
        // A listener may close the channel, which has been active all the same.
        boolean isWanted = promise != null && promise.trySuccess();
        pipeline().fireChannelActive();
        if (!isWanted) {
            unsafe().close(voidPromise());
        }
    }

    private void failConnect(Throwable failure) {
        ChannelPromise promise = connecting;
        connecting = null;
        stopConnectTimeout();
        if (promise != null) {
            promise.tryFailure(failure);
        }
    }

    private void stopConnectTimeout() {
        Future<?> timeout = connectTimeout;
        connectTimeout = null;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    private final class StreamUnsafe extends SendingUnsafe {
        @Override
        public void connect(
                SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            if (connecting != null) {
                promise.tryFailure(new ConnectionPendingException());
                return;
            }
            if (isActive()) {
                promise.tryFailure(new AlreadyConnectedException());
                return;
            }
            try {
                begin(checked(remote), local, promise);
            } catch (Throwable failure) {
                connecting = promise;
                connectFailed(failure);
            }
        }

        private void begin(
                SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise)
                throws Exception {
            if (local != null) {
                doBind(local);
            }
            MillraceIoHandler with = ownHandler();
            SocketAddress to = SocketAddresses.toConnectTo(with.opened(), remote);
            StreamPort made = portFor(with, to);
            boolean isFast = isToBeginWithBytes();
            if (isFast) {
                options().setOrTell(made, PortOption.FAST_OPEN_CONNECT, 1);
            }
            connecting = promise;
            connectingTo = remote;
            attempt(made, to, FIRST_PAUSE_MILLIS);
            if (isFast) {
                promise.addListener(connected -> flushIfActive());
            }
            if (connecting != null) {
                startTimeout(remote);
                promise.addListener(this::connectPromiseDone);
            }
        }

        private void flushIfActive() {
            if (isActive()) {
                flushOn();
            }
        }

        /**
         * Whether the peer is to be sent bytes along with the connect. Without any, such a connect
         * would send nothing at all, and a peer that speaks first would never be heard.
         */
        private boolean isToBeginWithBytes() {
            ChannelOutboundBuffer queue = outboundBuffer();
            if (queue == null || !isFastOpen()) {
                return false;
            }
            queue.addFlush();
            return queue.current() instanceof ByteBuf bytes && bytes.isReadable();
        }

        /** Unix-domain servers without room refuse at once, and nobody tells of room. */
        private void attempt(StreamPort made, SocketAddress to, long pause) {
            int result = made.connect(to);
            if (result == Code.WOULD_BLOCK) {
                long next = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                var unused =
                        eventLoop()
                                .schedule(
                                        () -> attemptAgain(made, to, next),
                                        pause,
                                        TimeUnit.MILLISECONDS);
            } else if (result != Code.PENDING) {
                connectEnded(result);
            }
        }

        @SuppressWarnings("ReferenceEquality") // the port is the one that was to connect
        private void attemptAgain(StreamPort made, SocketAddress to, long pause) {
            if (port == made && connecting != null) {
                attempt(made, to, pause);
            }
        }

        private void startTimeout(SocketAddress remote) {
            int millis = config().getConnectTimeoutMillis();
            if (millis > 0) {
                connectTimeout =
                        eventLoop()
                                .schedule(
                                        () -> timedOut(remote, millis),
                                        millis,
                                        TimeUnit.MILLISECONDS);
            }
        }

        private void timedOut(SocketAddress remote, int millis) {
            connectTimeout = null;
            if (connecting != null) {
                // As it is, and not annotated: users look for this class.
                failConnect(
                        new ConnectTimeoutException(
                                "connection timed out after " + millis + " ms: " + remote));
                close(voidPromise());
            }
        }

        /** Cancelling the promise gives the attempt up. */
        private void connectPromiseDone(io.netty.util.concurrent.Future<?> future) {
            if (future.isCancelled()) {
                failConnect(new ClosedChannelException());
                close(voidPromise());
            }
        }

        void connectFailed(Throwable failure) {
            Throwable told =
                    connectingTo == null
                            ? failure
                            : annotateConnectException(failure, connectingTo);
            boolean isOfSystem = failure instanceof IOException;
            failConnect(told);
            if (isOfSystem || port != null) {
                close(voidPromise());
            }
        }
    }
}
