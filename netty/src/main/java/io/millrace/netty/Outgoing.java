// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.StreamPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A channel's sending half: Netty's queue of messages, of which the driver takes what the kernel
 * has room for.
 *
 * <p>A flush sends at once, as Netty's other transports do, so that a close or a half-close behind
 * it finds in the kernel what there was room for. What there was no room for stays in the queue,
 * and its memory Netty's: the driver waits for room and asks again, and never leaves the kernel
 * with it.
 */
final class Outgoing {
    private static final String EXPECTED =
            " (expected: "
                    + StringUtil.simpleClassName(ByteBuf.class)
                    + ", "
                    + StringUtil.simpleClassName(FileRegion.class)
                    + ")";

    private final MillraceStreamChannel channel;

    /** Goes on when a flush has had its share. */
    private final Runnable flushing;

    private final Gatherer gatherer = new Gatherer();

    private @Nullable ChannelOutboundBuffer queue;

    /** What is sent of a file, while it is sent. */
    private @Nullable OutgoingFile file;

    /** Whether the driver has a send under way. */
    private boolean sending;

    Outgoing(MillraceStreamChannel channel) {
        this.channel = channel;
        flushing = channel::flushOn;
    }

    boolean isSending() {
        return sending;
    }

    int prefetch() {
        return sending ? 1 : 0;
    }

    /** What can be sent of a message that was written: bytes have to be direct. */
    Object accepted(Object message) {
        if (message instanceof ByteBuf bytes) {
            return bytes.isDirect() ? bytes : directCopyOf(bytes);
        }
        if (message instanceof FileRegion) {
            return message;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED);
    }

    private ByteBuf directCopyOf(ByteBuf bytes) {
        int length = bytes.readableBytes();
        ByteBuf copy = channel.alloc().directBuffer(length);
        copy.writeBytes(bytes, bytes.readerIndex(), length);
        ReferenceCountUtil.safeRelease(bytes);
        return copy;
    }

    /** A flush: sends until there is nothing left, no room, or the flush has had its share. */
    void write(ChannelOutboundBuffer in, StreamPort port) throws IOException {
        queue = in;
        int spins = channel.config().getWriteSpinCount();
        while (spins-- > 0) {
            // Messages without bytes end by themselves.
            in.removeBytes(0);
            Object message = in.current();
            if (message == null) {
                return;
            }
            int result = message instanceof FileRegion region ? send(region, port) : send(port);
            if (result == Code.PENDING) {
                sending = true;
                return;
            }
            taken(result);
        }
        channel.eventLoop().execute(flushing);
    }

    private static int send(StreamPort port) {
        return port.sendPassing();
    }

    private int send(FileRegion region, StreamPort port) throws IOException {
        OutgoingFile current = file;
        if (current == null) {
            current = OutgoingFile.of(region, channel);
            file = current;
        }
        return current.send(port);
    }

    private void taken(int result) throws IOException {
        ChannelOutboundBuffer in = queue;
        if (in == null) {
            return;
        }
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
            forgetFile();
            in.remove();
        }
    }

    private void forgetFile() {
        OutgoingFile current = file;
        file = null;
        if (current != null) {
            current.close();
        }
    }

    /** The channel has closed, or its output was shut down: nothing is sent any more. */
    void over() {
        if (!sending) {
            forgetFile();
        }
    }

    /** The send that was under way is over. */
    void sent(int result) {
        Throwable failure = null;
        try {
            if (!isOver()) {
                taken(result);
            }
        } catch (IOException refused) {
            failure = refused;
        } finally {
            // Not before: who hears that a message is sent may flush, while the queue still begins
            // with what has just left.
            sending = false;
        }
        if (isOver()) {
            forgetFile();
        } else if (failure == null) {
            channel.flushOn();
        } else {
            forgetFile();
            channel.writeFailed(failure);
        }
    }

    private boolean isOver() {
        return !channel.isActive() || channel.hasOutputShutdown();
    }

    /** Offers what is to be sent next. */
    void gather(Gather into) {
        OutgoingFile current = file;
        if (current != null) {
            current.gather(into);
        } else if (queue != null) {
            gatherer.into = into;
            try {
                queue.forEachFlushedMessage(gatherer);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
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
            if (bytes.nioBufferCount() == 1) {
                addOne(list, bytes);
            } else {
                addAll(list, bytes.nioBuffers());
            }
            return !list.isFull();
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
