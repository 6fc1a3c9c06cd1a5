// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;

/**
 * The receiving half of a stream. An end with nothing parked before it is told at once, whether or
 * not Netty has asked to read: as Netty's own epoll and io_uring transports do it.
 */
final class Incoming extends Receiving<ByteBuf> {
    /** {@link #end} while the peer has not finished; no code is positive. */
    private static final int NOT_ENDED = 1;

    private static final int MOST_PARKED = 32;

    private final MillraceStreamChannel channel;

    /** Why nothing more will come. */
    private int end = NOT_ENDED;

    /** Whether the pipeline knows of the end. */
    private boolean endTold;

    Incoming(MillraceStreamChannel channel) {
        super(channel, MOST_PARKED);
        this.channel = channel;
    }

    int prefetch() {
        return end + (channel.isOpen() ? 1 : 0);
    }

    /** The driver has received something. */
    void received(MillraceIoHandler handler, PoolChunk chunk) {
        if (channel.isOpen() && !channel.hasInputShutdown()) {
            offer(LoanBuf.of(handler, chunk, channel.config().getAllocator()));
        }
    }

    @Override
    boolean wantsToContinue(ExtendedHandle handle) {
        return isSizedByUser()
                ? handle.continueReading()
                : handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER);
    }

    /** Whether the user has said how long messages may be; Netty's default is only a guess. */
    private boolean isSizedByUser() {
        RecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
        return !(allocator instanceof AdaptiveRecvByteBufAllocator);
    }

    @Override
    void deliver(ByteBuf bytes) {
        if (isSizedByUser()) {
            deliverInParts(bytes);
        } else {
            deliver(bytes, bytes.readableBytes());
        }
    }

    /** In buffers of the user's, as long as they are; what is not wanted yet is parked. */
    private void deliverInParts(ByteBuf bytes) {
        try {
            do {
                ByteBuf part = begin().allocate(channel.config().getAllocator());
                int room = part.writableBytes();
                part.writeBytes(bytes, Math.min(room, bytes.readableBytes()));
                deliver(part, room);
            } while (bytes.isReadable() && channel.isOpen() && mayDeliver());
        } catch (RuntimeException | Error failure) {
            bytes.release();
            throw failure;
        }
        if (bytes.isReadable() && channel.isOpen() && !channel.hasInputShutdown()) {
            parkFirst(bytes);
        } else {
            bytes.release();
        }
    }

    private void deliver(ByteBuf bytes, int room) {
        ExtendedHandle handle = begin();
        handle.attemptedBytesRead(room);
        handle.lastBytesRead(bytes.readableBytes());
        handle.incMessagesRead(1);
        channel.readIsServed();
        channel.pipeline().fireChannelRead(bytes);
    }

    @Override
    boolean isEndDue() {
        return hasEnded() && !endTold && !hasParked() && channel.isWired();
    }

    @Override
    boolean hasEnded() {
        return end != NOT_ENDED;
    }

    @Override
    boolean isLive() {
        return channel.port() != null && channel.isActive();
    }

    @Override
    void startReceive() {
        channel.ownPort().startReceive();
    }

    @Override
    void stopReceive() {
        channel.ownPort().stopReceive();
    }

    /** The driver's receive has ended. */
    void stopped(MillraceIoHandler handler, int code) {
        boolean isWanted = channel.isOpen() && !channel.hasInputShutdown();
        if (hasFailed(handler, code, isWanted)) {
            end = code;
        }
        if (isWanted) {
            proceed();
        }
    }

    @Override
    void tellEnd() {
        endTold = true;
        ExtendedHandle handle = channel.readHandle();
        handle.reset(channel.config());
        handle.lastBytesRead(-1);
        channel.readIsServed();
        complete();
        if (end < 0 && channel.isOpen()) {
            IOException failure = Failed.transfer("read", end, channel.remoteAddress());
            channel.pipeline().fireExceptionCaught(failure);
        }
        if (channel.isOpen()) {
            closeInput();
        }
    }

    private void closeInput() {
        ChannelPipeline pipeline = channel.pipeline();
        if (!channel.config().isAllowHalfClosure()) {
            channel.unsafe().close(channel.voidPromise());
            return;
        }
        if (!channel.hasInputShutdown()) {
            channel.inputIsShutdown();
            pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        pipeline.fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    }

    /** The user wants nothing more. What comes from now on is the system's to drop, or ours. */
    void shutdown() {
        if (channel.hasInputShutdown()) {
            return;
        }
        channel.inputIsShutdown();
        releaseParked();
        end = Code.END_OF_STREAM;
        endTold = !channel.config().isAllowHalfClosure();
        StreamPort port = channel.port();
        if (port == null || port.shutdownInput() < 0) {
            stop();
        }
        proceed();
    }
}
