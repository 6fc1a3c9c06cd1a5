// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.PoolChunk;
import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The receiving half of a datagram channel. */
final class DatagramIncoming extends Receiving<DatagramPacket> {
    private static final int MOST_PARKED = 64;

    private final MillraceDatagramChannel channel;

    DatagramIncoming(MillraceDatagramChannel channel) {
        super(channel, MOST_PARKED);
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
        if (channel.isOpen()) {
            offer(packet);
        } else {
            packet.release();
        }
    }

    @Override
    boolean wantsToContinue(ExtendedHandle handle) {
        return handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER);
    }

    @Override
    void deliver(DatagramPacket packet) {
        ExtendedHandle handle = begin();
        int length = packet.content().readableBytes();
        handle.attemptedBytesRead(length);
        // For the handle nothing read is the end of a read, which an empty datagram is not.
        handle.lastBytesRead(Math.max(1, length));
        handle.incMessagesRead(1);
        channel.readIsServed();
        channel.pipeline().fireChannelRead(packet);
    }

    @Override
    boolean isLive() {
        return channel.port() != null && channel.isOpen();
    }

    @Override
    void startReceive() {
        port().startReceive();
    }

    @Override
    void stopReceive() {
        port().stopReceive();
    }

    private DatagramPort port() {
        return Objects.requireNonNull(channel.port());
    }

    /** The driver's receive has ended. */
    void stopped(MillraceIoHandler handler, int code) {
        boolean isWanted = channel.isOpen();
        if (hasFailed(handler, code, isWanted)) {
            // What was sent before has not arrived; the socket is as good as before.
            channel.pipeline()
                    .fireExceptionCaught(Failed.datagram("read", code, channel.remoteAddress()));
        }
        if (isWanted) {
            proceed();
        }
    }
}
