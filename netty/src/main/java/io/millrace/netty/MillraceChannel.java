// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.SocketPort;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What all channels of the transport share: how they come to a handler, and how they go.
 *
 * <p>The socket is a port of the handler's driver. It is made when it is known what it has to be:
 * when a channel is bound, begins to connect, or has found its loop after the accept.
 */
abstract class MillraceChannel extends AbstractChannel {
    private volatile @Nullable MillraceIoHandler handler;
    private @Nullable IoRegistration registration;

    private volatile boolean open = true;
    private volatile @Nullable SocketAddress localAddress;
    private volatile @Nullable SocketAddress remoteAddress;

    /** Whether somebody sees to what Netty has left unsent. */
    private boolean unsentDropped;

    /** Whether Netty has asked for something to read since it was last given something. */
    private boolean readPending;

    MillraceChannel(@Nullable Channel parent) {
        super(parent);
    }

    /** The socket, or null: there is none yet or any more. Loop thread only. */
    abstract @Nullable SocketPort port();

    /** The channel has been registered, perhaps not for the first time. */
    abstract void registered(MillraceIoHandler with) throws Exception;

    /** The channel is registered no more, but open: nothing may happen until it is again. */
    abstract void deregistered();

    /** Closes what there is. The channel is not open any more. */
    abstract void closeSocket();

    /** Netty wants something to read, or wants no more after all. */
    abstract void readPendingChanged();

    /** The handler that it is, or was last, registered with. */
    final @Nullable MillraceIoHandler handler() {
        return handler;
    }

    /** Of a channel that has one. */
    final MillraceIoHandler ownHandler() {
        MillraceIoHandler own = handler;
        if (own == null) {
            throw new IllegalStateException("channel not registered to an event loop");
        }
        return own;
    }

    /** The socket, if this is the thread that may use it. */
    final @Nullable SocketPort portHere() {
        MillraceIoHandler own = handler;
        return own != null && own.isHere() ? port() : null;
    }

    /** Whether it is registered with its handler, so that events may come. Loop thread only. */
    final boolean isWired() {
        return registration != null;
    }

    /** What counts messages and bytes of a read. */
    final ExtendedHandle readHandle() {
        return (ExtendedHandle) unsafe().recvBufAllocHandle();
    }

    final boolean isReadPending() {
        return readPending;
    }

    final void readIsServed() {
        readPending = false;
    }

    /** Auto-read was switched off: what it asked for is not wanted any more. Any thread. */
    final void autoReadCleared() {
        if (isRegistered()) {
            inLoop(this::clearReadPending);
        } else {
            readPending = false;
        }
    }

    private void clearReadPending() {
        readPending = false;
        readPendingChanged();
    }

    /** Runs it on the channel's loop: now, if this is its thread. */
    final void inLoop(Runnable task) {
        EventLoop loop = eventLoop();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Something failed where nothing may be thrown. */
    final void failed(Throwable failure) {
        try {
            pipeline().fireExceptionCaught(failure);
            unsafe().close(voidPromise());
        } catch (Throwable another) {
            failure.addSuppressed(another);
            MillraceIoHandler.tell("a channel could not be closed: " + this, failure);
        }
    }

    final void addressesAre(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
        localAddress = local == null ? null : shown(local);
        remoteAddress = remote == null ? null : shown(remote);
    }

    /** An address as the channel's users know it. */
    SocketAddress shown(SocketAddress address) {
        return address;
    }

    @Override
    public final boolean isOpen() {
        return open;
    }

    @Override
    protected final boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isCompatible(MillraceIoHandle.class);
    }

    @Override
    protected final @Nullable SocketAddress localAddress0() {
        return localAddress;
    }

    @Override
    protected final @Nullable SocketAddress remoteAddress0() {
        return remoteAddress;
    }

    @Override
    protected final void doRegister(ChannelPromise promise) {
        MillraceIoHandle handle = (MillraceIoHandle) unsafe();
        ((IoEventLoop) eventLoop())
                .register(handle)
                .addListener(
                        future -> {
                            if (future.isSuccess()) {
                                registeredWith((IoRegistration) future.getNow(), promise);
                            } else {
                                promise.setFailure(future.cause());
                            }
                        });
    }

    private void registeredWith(IoRegistration made, ChannelPromise promise) {
        if (!isArriving(made, promise)) {
            isRegisteredWith(made, promise);
        }
    }

    /** Whether its connection comes from another loop, and the registration ends with that. */
    boolean isArriving(IoRegistration made, ChannelPromise promise) {
        return false;
    }

    final void isRegisteredWith(IoRegistration made, ChannelPromise promise) {
        MillraceIoHandler with = made.attachment();
        try {
            ensureAtHome(with);
            with.isOrphanNoMore(this);
            registration = made;
            handler = with;
            registered(with);
        } catch (Throwable failure) {
            doDeregister();
            promise.setFailure(failure);
            return;
        }
        promise.setSuccess();
    }

    /** Of a socket that cannot change its driver. */
    private void ensureAtHome(MillraceIoHandler with) {
        MillraceIoHandler home = handler;
        if (home != null && home != with && port() != null) {
            throw new IllegalStateException(
                    "only connections move to another event loop: the channel's socket belongs to"
                            + " the one that it was registered with before; register it there");
        }
    }

    @Override
    protected final void doDeregister() {
        IoRegistration current = registration;
        MillraceIoHandler home = handler;
        if (current != null) {
            registration = null;
            current.cancel();
            if (open && home != null) {
                home.isOrphan(this);
                deregistered();
            }
        }
    }

    /** Whether what is left of it here goes to another loop with one of the next polls. */
    boolean isLeaving() {
        return false;
    }

    /** A handler ends that the channel was deregistered from, unless it has another by now. */
    @SuppressWarnings("ReferenceEquality") // handlers are their own identity
    void closeOrphan(MillraceIoHandler ending) {
        if (handler != ending) {
            return;
        }
        if (open) {
            unsafe().close(voidPromise());
        } else {
            // Closed by another thread, whose task for this one came too late.
            closeAtHome();
        }
    }

    @Override
    protected final void doBeginRead() {
        readPending = true;
        readPendingChanged();
    }

    @Override
    protected final void doClose() {
        if (open) {
            open = false;
            readPending = false;
            MillraceIoHandler home = handler;
            if (home == null || home.isHere()) {
                closeAtHome();
            } else if (!home.execute(this::closeAtHome)) {
                closeOnTheWay();
            }
        }
    }

    /** Closes what belongs to no loop: the one before it takes no tasks any more. Any thread. */
    void closeOnTheWay() {}

    /** On the thread of the handler that the socket belongs to. */
    private void closeAtHome() {
        MillraceIoHandler home = handler;
        if (home != null) {
            home.isOrphanNoMore(this);
        }
        closeSocket();
        dropUnsent();
    }

    /**
     * Netty leaves the queue alone of a channel that it closes by force, because a loop did not
     * take it, say. Of one that was registered before, that may hold messages, which nobody would
     * ever hear of again. Any thread, once no driver sends them any more.
     */
    final void dropUnsent() {
        if (isRegistered() || unsafe().outboundBuffer() == null || !dropsUnsent()) {
            return;
        }
        Runnable drop = () -> unsafe().close(voidPromise());
        if (handler == null) {
            drop.run();
            return;
        }
        try {
            inLoop(drop);
        } catch (RejectedExecutionException ended) {
            MillraceIoHandler.LOG.report(
                    System.Logger.Level.DEBUG, "a channel is closed whose loop has ended", ended);
            drop.run();
        }
    }

    /** Whether it is the first to do so. */
    private synchronized boolean dropsUnsent() {
        boolean isFirst = !unsentDropped;
        unsentDropped = true;
        return isFirst;
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    /** Netty's end of a channel, and its handler's. */
    abstract class MillraceUnsafe extends AbstractUnsafe implements MillraceIoHandle {
        /** The handler ends, and its channels do before it. */
        @Override
        public final void close() {
            close(voidPromise());
        }

        @Override
        public final void handle(IoRegistration registration, io.netty.channel.IoEvent event) {
            throw new UnsupportedOperationException("ports report to their sinks");
        }
    }
}
