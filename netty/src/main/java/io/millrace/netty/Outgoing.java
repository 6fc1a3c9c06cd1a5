// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.StreamPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The sending half of a stream, of which the driver takes what the kernel has room for. */
final class Outgoing extends Sending {
    private static final String EXPECTED =
            " (expected: "
                    + StringUtil.simpleClassName(ByteBuf.class)
                    + ", "
                    + StringUtil.simpleClassName(FileRegion.class)
                    + ")";

    private final MillraceStreamChannel channel;

    private final Gatherer gatherer = new Gatherer();

    /** What is sent of a file, while it is sent. */
    private @Nullable OutgoingFile file;

    Outgoing(MillraceStreamChannel channel) {
        super(channel);
        this.channel = channel;
    }

    int prefetch() {
        return isSending() ? 1 : 0;
    }

    /** Bytes have to be direct. */
    @Override
    Object accepted(Object message) {
        if (message instanceof ByteBuf bytes) {
            return bytes.isDirect() ? bytes : directCopyOf(bytes, bytes);
        }
        if (message instanceof FileRegion) {
            return message;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED);
    }

    /** Messages without bytes end by themselves. */
    @Override
    boolean hasNext(ChannelOutboundBuffer in) {
        in.removeBytes(0);
        return in.current() != null;
    }

    @Override
    int send(ChannelOutboundBuffer in) throws IOException {
        StreamPort port = channel.ownPort();
        return in.current() instanceof FileRegion region
                ? send(region, port)
                : port.sendRevocable();
    }

    private int send(FileRegion region, StreamPort port) throws IOException {
        OutgoingFile current = file;
        if (current == null) {
            current = OutgoingFile.of(region, channel);
            file = current;
        }
        return current.send(port);
    }

    @Override
    int revoke() {
        return file == null ? channel.ownPort().revokeSend() : Code.PENDING;
    }

    @Override
    void taken(ChannelOutboundBuffer in, int result) throws IOException {
        OutgoingFile current = file;
        if (current == null) {
            if (result < 0) {
                throw Failed.transfer("write", result, channel.remoteAddress());
            }
            in.removeBytes(result);
            return;
        }
        // Asked before anybody hears of the progress, and may close the channel and the file.
        boolean isOver = current.isOver(result);
        if (result > 0) {
            in.progress(result);
        }
        if (isOver) {
            forget();
            in.remove();
        }
    }

    /** Of a file. */
    @Override
    void forget() {
        OutgoingFile current = file;
        file = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    void leavesDriver() {
        OutgoingFile current = file;
        if (current != null && current.isOfDriver()) {
            forget();
        }
    }

    @Override
    boolean isOver() {
        return !channel.isActive() || channel.hasOutputShutdown();
    }

    /** Offers what is to be sent next. */
    void gather(Gather into) {
        OutgoingFile current = file;
        ChannelOutboundBuffer queue = queue();
        if (current != null) {
            current.gather(into);
        } else if (queue != null) {
            gatherer.into = into;
            try {
                show(queue, gatherer);
            } finally {
                gatherer.into = null;
            }
        }
        if (into.count() == 0) {
            // The output was shut down under a send that waits for room: one that will fail.
            into.add(Nothing.BYTE, 0, 0, 1);
        }
    }

    /** A byte that is offered in place of what is not there any more, and never sent. */
    private static final class Nothing {
        static final ByteBuffer BYTE = ByteBuffer.allocateDirect(1);
    }

    /** Adds one message after the other. */
    private static final class Gatherer implements ChannelOutboundBuffer.MessageProcessor {
        @Nullable Gather into;

        @Override
        public boolean processMessage(Object message) {
            Gather list = into;
            if (list == null || list.isFull() || !(message instanceof ByteBuf bytes)) {
                return false;
            }
            if (list.takesAddresses() && bytes.hasMemoryAddress()) {
                addMemory(list, bytes);
            } else if (bytes.nioBufferCount() == 1) {
                addOne(list, bytes);
            } else {
                addAll(list, bytes.nioBuffers());
            }
            return !list.isFull();
        }

        private static void addMemory(Gather list, ByteBuf bytes) {
            if (bytes.isReadable()) {
                list.addAddress(bytes.memoryAddress() + bytes.readerIndex(), bytes.readableBytes());
            }
        }

        private static void addOne(Gather list, ByteBuf bytes) {
            int from = bytes.readerIndex();
            int length = bytes.readableBytes();
            if (length > 0) {
                ByteBuffer buffer = bytes.internalNioBuffer(from, length);
                int start = buffer.position();
                long address = bytes.hasMemoryAddress() ? bytes.memoryAddress() + from - start : 0;
                list.add(buffer, address, start, start + length);
            }
        }

        private static void addAll(Gather list, ByteBuffer[] buffers) {
            for (ByteBuffer each : buffers) {
                if (list.isFull()) {
                    return;
                }
                if (each.hasRemaining()) {
                    list.add(each, 0, each.position(), each.limit());
                }
            }
        }
    }
}
