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
import java.util.ArrayDeque;

/**
 * A channel's receiving half: a driver that pushes, below a pipeline that pulls.
 *
 * <p>Netty asks to read, is given some messages in a row, hears that they are complete, and asks
 * again. The driver's receive goes on meanwhile. What it brings that nobody has asked for yet is
 * parked in order, and the driver is told to stop only then, so reading on demand costs no more
 * than reading on and on. An end with nothing parked before it is told at once, whether or not
 * Netty has asked to read: as Netty's own epoll and io_uring transports do it.
 */
final class Incoming implements MillraceIoHandler.PollEnd, MillraceIoHandler.ChunkWaiter {
    /** {@link #end} while the peer has not finished; no code is positive. */
    private static final int NOT_ENDED = 1;

    /** As much may wait for a pipeline that reads on, but takes a share at a time. */
    private static final int MOST_PARKED = 32;

    private final MillraceStreamChannel channel;
    private final ArrayDeque<ByteBuf> parked = new ArrayDeque<>(0);

    /** Why nothing more will come. */
    private int end = NOT_ENDED;

    /** Whether the driver is receiving, and was told to stop. */
    private boolean armed;

    private boolean stopping;
    private boolean waitsForChunks;

    /** Whether the pipeline was given something and has not heard that it is complete. */
    private boolean reading;

    /** Whether {@link #afterPoll} is going to be called. */
    private boolean attended;

    /** Whether the pipeline knows of the end. */
    private boolean endTold;

    Incoming(MillraceStreamChannel channel) {
        this.channel = channel;
    }

    int prefetch() {
        return end + (channel.isOpen() ? 1 : 0);
    }

    /** The driver has received something. */
    void received(MillraceIoHandler handler, PoolChunk chunk) {
        if (!channel.isOpen() || channel.hasInputShutdown()) {
            return;
        }
        ByteBuf bytes = LoanBuf.of(handler, chunk, channel.config().getAllocator());
        if (parked.isEmpty() && mayDeliver()) {
            deliver(bytes);
        } else {
            parked.add(bytes);
        }
        if (!parked.isEmpty()) {
            restrain();
        }
    }

    /** Something has come that nobody has asked for yet. */
    private void restrain() {
        boolean unwanted = !channel.isReadPending() && !channel.config().isAutoRead();
        if (unwanted || parked.size() >= MOST_PARKED) {
            stop();
        }
        attend();
    }

    /** Whether the pipeline wants another message now. */
    private boolean mayDeliver() {
        if (!channel.isWired()) {
            return false;
        }
        return reading ? wantsToContinue() : channel.isReadPending();
    }

    private boolean wantsToContinue() {
        ExtendedHandle handle = channel.readHandle();
        return isSizedByUser()
                ? handle.continueReading()
                : handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER);
    }

    /** Whether the user has said how long messages may be; Netty's default is only a guess. */
    private boolean isSizedByUser() {
        RecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
        return !(allocator instanceof AdaptiveRecvByteBufAllocator);
    }

    private void deliver(ByteBuf bytes) {
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
                begin();
                ByteBuf part = channel.readHandle().allocate(channel.config().getAllocator());
                int room = part.writableBytes();
                part.writeBytes(bytes, Math.min(room, bytes.readableBytes()));
                deliver(part, room);
            } while (bytes.isReadable() && channel.isOpen() && mayDeliver());
        } catch (RuntimeException | Error failure) {
            bytes.release();
            throw failure;
        }
        if (bytes.isReadable() && channel.isOpen() && !channel.hasInputShutdown()) {
            parked.addFirst(bytes);
        } else {
            bytes.release();
        }
    }

    private void deliver(ByteBuf bytes, int room) {
        begin();
        ExtendedHandle handle = channel.readHandle();
        handle.attemptedBytesRead(room);
        handle.lastBytesRead(bytes.readableBytes());
        handle.incMessagesRead(1);
        channel.readIsServed();
        channel.pipeline().fireChannelRead(bytes);
    }

    private void begin() {
        if (!reading) {
            reading = true;
            channel.readHandle().reset(channel.config());
            attend();
        }
    }

    private void complete() {
        reading = false;
        channel.readHandle().readComplete();
        channel.pipeline().fireChannelReadComplete();
    }

    /** Sees to it that {@link #afterPoll} is called. */
    private void attend() {
        MillraceIoHandler handler = channel.handler();
        if (!attended && handler != null) {
            attended = true;
            handler.afterPoll(this);
        }
    }

    @Override
    public void afterPoll() {
        attended = false;
        try {
            if (reading) {
                complete();
            }
            if (mayDeliverParked()) {
                deliverParked();
            }
            if (channel.isOpen() && isEndDue()) {
                tellEnd();
            }
            proceed();
        } catch (Throwable failure) {
            failed(channel, failure);
        }
    }

    private boolean mayDeliverParked() {
        return channel.isOpen() && !parked.isEmpty() && mayDeliver();
    }

    private void deliverParked() {
        while (mayDeliverParked()) {
            deliver(parked.remove());
        }
        complete();
    }

    private boolean isEndDue() {
        return end != NOT_ENDED && !endTold && parked.isEmpty() && channel.isWired();
    }

    /** Arms the driver's receive, or delivers, according to what is wanted. */
    void proceed() {
        StreamPort port = channel.port();
        if (port == null || !channel.isActive() || reading) {
            return;
        }
        boolean wanted = channel.isReadPending() && channel.isWired();
        if (isEndDue() || (wanted && !parked.isEmpty())) {
            attend();
        } else if (wanted && !armed && !waitsForChunks && end == NOT_ENDED) {
            armed = true;
            port.startReceive();
        }
    }

    private void stop() {
        StreamPort port = channel.port();
        if (armed && !stopping && port != null) {
            stopping = true;
            port.stopReceive();
        }
    }

    /** The driver's receive has ended. */
    void stopped(MillraceIoHandler handler, int code) {
        armed = false;
        stopping = false;
        if (!channel.isOpen() || channel.hasInputShutdown()) {
            return;
        }
        if (code == Code.NO_CHUNKS) {
            waitsForChunks = true;
            handler.waitForChunks(this);
            return;
        }
        if (code != Code.CANCELLED) {
            end = code;
        }
        proceed();
    }

    @Override
    public void chunksReturned() {
        waitsForChunks = false;
        proceed();
    }

    private void tellEnd() {
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

    void close() {
        releaseParked();
    }

    private void releaseParked() {
        for (ByteBuf each = parked.poll(); each != null; each = parked.poll()) {
            each.release();
        }
    }

    /** Something failed where nothing may be thrown. */
    static void failed(MillraceStreamChannel channel, Throwable failure) {
        try {
            channel.pipeline().fireExceptionCaught(failure);
            channel.unsafe().close(channel.voidPromise());
        } catch (Throwable another) {
            failure.addSuppressed(another);
            MillraceIoHandler.tell("a channel could not be closed: " + channel, failure);
        }
    }
}
