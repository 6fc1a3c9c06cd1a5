// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.StreamPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A channel's sending half: Netty's queue of messages, and at most one send of the driver's under
 * way, from its beginning to what follows its end. Loop thread only.
 *
 * <p>A flush sends at once, or with what else goes to the kernel with the next poll, as the driver
 * sees fit; a close or a half-close behind it finds in the kernel what there was room for. What
 * there was no room for stays in the queue, and its memory Netty's: the driver waits for room and
 * asks again, and never leaves the kernel with it.
 */
abstract class Sending {
    private final MillraceSendingChannel channel;

    /** Goes on when a flush has had its share. */
    private final Runnable flushing;

    private @Nullable ChannelOutboundBuffer queue;

    /** Whether the driver has a send under way, or what that has come to is being told. */
    private boolean sending;

    /** The second. */
    private boolean telling;

    Sending(MillraceSendingChannel channel) {
        this.channel = channel;
        flushing = this::flushHere;
    }

    /** The channel may have gone to another loop meanwhile, and been flushed there. */
    private void flushHere() {
        if (channel.eventLoop().inEventLoop()) {
            channel.flushOn();
        }
    }

    /** What can be sent of a message that was written. */
    abstract Object accepted(Object message) throws IOException;

    /** Whether there is a message to be sent, once those are gone that end by themselves. */
    abstract boolean hasNext(ChannelOutboundBuffer in);

    /** Has the driver send: what it answers. */
    abstract int send(ChannelOutboundBuffer in) throws IOException;

    /**
     * Has a send back that was put off to the next poll, as far as there is room for it: what it
     * answers; {@link Code#PENDING} if there is none.
     */
    int revoke() {
        return Code.PENDING;
    }

    /** What a send has come to, which is over. */
    abstract void taken(ChannelOutboundBuffer in, int result) throws IOException;

    /** Whether nothing can be sent any more. */
    abstract boolean isOver();

    /** Lets go of what only a send needs. */
    abstract void forget();

    final boolean isSending() {
        return sending;
    }

    /** The channel's queue, if anything was ever flushed. */
    final @Nullable ChannelOutboundBuffer queue() {
        return queue;
    }

    /** A flush: sends until there is nothing left, no room, or the flush has had its share. */
    final void write(ChannelOutboundBuffer in) throws IOException {
        queue = in;
        int spins = channel.config().getWriteSpinCount();
        while (spins-- > 0) {
            if (!hasNext(in)) {
                return;
            }
            int result = send(in);
            if (result == Code.PENDING) {
                sending = true;
                return;
            }
            taken(in, result);
        }
        channel.eventLoop().execute(flushing);
    }

    /** The send that was under way is over. */
    final void sent(int result) {
        ChannelOutboundBuffer in = queue;
        Throwable failure = null;
        try {
            if (in != null && !isOver()) {
                tell(in, result);
            }
        } catch (IOException refused) {
            failure = refused;
        }
        sending = false;
        if (isOver()) {
            forget();
        } else if (failure == null) {
            channel.flushOn();
        } else {
            forget();
            channel.writeFailed(failure);
        }
    }

    /**
     * The connection leaves its loop: what was flushed waits for the next, and the driver is left
     * with nothing that it could still send.
     */
    final void leaves(StreamPort from) {
        if (sending) {
            from.dropSend();
            sending = false;
        }
        leavesDriver();
    }

    /** What only this driver can send is begun anew with the next. */
    void leavesDriver() {}

    /**
     * Nothing can be sent after this, so the kernel gets at once what it has room for, and the
     * driver lets go of the messages.
     */
    final void conclude() throws IOException {
        ChannelOutboundBuffer in = queue;
        if (in == null || !sending || telling) {
            return;
        }
        int spins = channel.config().getWriteSpinCount();
        // What was begun is always had back, so that the driver is left with nothing.
        while (channel.port() != null && (sending || (spins-- > 0 && hasNext(in)))) {
            int result = sending ? revoke() : send(in);
            boolean waits = sending && result == Code.PENDING;
            sending = true;
            if (waits) {
                return;
            }
            if (result != Code.PENDING) {
                tell(in, result);
            }
        }
    }

    /**
     * The send is over. Whoever hears of it may end the channel; or flush, which must wait while
     * the queue still begins with what has just left.
     */
    private void tell(ChannelOutboundBuffer in, int result) throws IOException {
        telling = true;
        try {
            taken(in, result);
        } finally {
            telling = false;
            sending = false;
        }
    }

    /** The channel has closed, or its output was shut down: nothing is sent any more. */
    final void over() {
        if (!sending) {
            forget();
        }
    }

    /** Of bytes that the kernel cannot be given as they are; their holder is let go of. */
    final ByteBuf directCopyOf(ByteBuf bytes, Object holder) {
        int length = bytes.readableBytes();
        ByteBuf copy = channel.alloc().directBuffer(length);
        copy.writeBytes(bytes, bytes.readerIndex(), length);
        ReferenceCountUtil.safeRelease(holder);
        return copy;
    }

    /** Shows the messages that were flushed, one after the other, as long as it wants more. */
    static void show(ChannelOutboundBuffer in, ChannelOutboundBuffer.MessageProcessor to) {
        try {
            in.forEachFlushedMessage(to);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
