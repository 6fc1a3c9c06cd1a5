// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.PoolChunk;
import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A datagram channel's receiving half, which does as {@link Incoming} does: what comes that nobody
 * has asked for yet is parked in order, and only then the driver is told to stop.
 */
final class DatagramIncoming implements MillraceIoHandler.PollEnd, MillraceIoHandler.ChunkWaiter {
    /** As much may wait for a pipeline that reads on, but takes a share at a time. */
    private static final int MOST_PARKED = 64;

    private final MillraceDatagramChannel channel;
    private final ArrayDeque<DatagramPacket> parked = new ArrayDeque<>(0);

    /** Whether the driver is receiving, and was told to stop. */
    private boolean armed;

    private boolean stopping;
    private boolean waitsForChunks;

    /** Whether the pipeline was given something and has not heard that it is complete. */
    private boolean reading;

    /** Whether {@link #afterPoll} is going to be called. */
    private boolean attended;

    DatagramIncoming(MillraceDatagramChannel channel) {
        this.channel = channel;
    }

    /** The driver has received something. */
    void received(MillraceIoHandler handler, PoolChunk chunk, DatagramInfo info) {
        if (!channel.isOpen()) {
            return;
        }
        InetSocketAddress sender = info.sender.isKnown() ? info.sender.toObject() : peer();
        InetSocketAddress recipient = channel.localAddress();
        ByteBuf bytes = LoanBuf.of(handler, chunk, channel.config().getAllocator());
        if (info.segmentBytes <= 0) {
            add(new DatagramPacket(bytes, recipient, sender));
            return;
        }
        // Datagrams that the kernel has put together.
        try {
            while (bytes.readableBytes() > info.segmentBytes) {
                ByteBuf part = bytes.readRetainedSlice(info.segmentBytes);
                add(new DatagramPacket(part, recipient, sender));
            }
        } catch (RuntimeException | Error failure) {
            bytes.release();
            throw failure;
        }
        add(new DatagramPacket(bytes, recipient, sender));
    }

    /** From whom it has to be if that is not told. */
    private @Nullable InetSocketAddress peer() {
        return channel.remoteAddress();
    }

    private void add(DatagramPacket packet) {
        if (!channel.isOpen()) {
            packet.release();
        } else if (parked.isEmpty() && mayDeliver()) {
            deliver(packet);
        } else {
            parked.add(packet);
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
        return reading
                ? channel.readHandle().continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                : channel.isReadPending();
    }

    private void deliver(DatagramPacket packet) {
        ExtendedHandle handle = channel.readHandle();
        if (!reading) {
            reading = true;
            handle.reset(channel.config());
            attend();
        }
        int length = packet.content().readableBytes();
        handle.attemptedBytesRead(length);
        // For the handle nothing read is the end of a read, which an empty datagram is not.
        handle.lastBytesRead(Math.max(1, length));
        handle.incMessagesRead(1);
        channel.readIsServed();
        channel.pipeline().fireChannelRead(packet);
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
                while (mayDeliverParked()) {
                    deliver(parked.remove());
                }
                complete();
            }
            proceed();
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private boolean mayDeliverParked() {
        return channel.isOpen() && !parked.isEmpty() && mayDeliver();
    }

    /** Arms the driver's receive, or delivers, according to what is wanted. */
    void proceed() {
        DatagramPort port = channel.port();
        if (port == null || !channel.isOpen() || reading) {
            return;
        }
        if (!channel.isReadPending() || !channel.isWired()) {
            return;
        }
        if (!parked.isEmpty()) {
            attend();
        } else if (!armed && !waitsForChunks) {
            armed = true;
            port.startReceive();
        }
    }

    private void stop() {
        DatagramPort port = channel.port();
        if (armed && !stopping && port != null) {
            stopping = true;
            port.stopReceive();
        }
    }

    /** The driver's receive has ended. */
    void stopped(MillraceIoHandler handler, int code) {
        armed = false;
        stopping = false;
        if (!channel.isOpen()) {
            return;
        }
        if (code == Code.NO_CHUNKS) {
            waitsForChunks = true;
            handler.waitForChunks(this);
            return;
        }
        if (code != Code.CANCELLED) {
            // What was sent before has not arrived; the socket is as good as before.
            channel.pipeline()
                    .fireExceptionCaught(Failed.datagram("read", code, channel.remoteAddress()));
        }
        proceed();
    }

    @Override
    public void chunksReturned() {
        waitsForChunks = false;
        proceed();
    }

    void close() {
        for (DatagramPacket each = parked.poll(); each != null; each = parked.poll()) {
            each.release();
        }
    }

    /** Something failed where nothing may be thrown. */
    void failed(Throwable failure) {
        try {
            channel.pipeline().fireExceptionCaught(failure);
            channel.unsafe().close(channel.voidPromise());
        } catch (Throwable another) {
            failure.addSuppressed(another);
            MillraceIoHandler.tell("a channel could not be closed: " + channel, failure);
        }
    }
}
