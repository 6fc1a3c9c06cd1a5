// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.client.SocketAddresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.EmptyByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a datagram channel, of which the driver sends as many messages at once as
 * there are. One that cannot be sent fails by itself, and those behind it go on.
 */
final class DatagramOutgoing extends Sending {
    private final MillraceDatagramChannel channel;

    private final Gatherer gatherer = new Gatherer();
    private final OutgoingDatagram[] places = new OutgoingDatagram[DatagramSends.MOST];

    /** Of what was gathered: how far into its message each datagram reaches, or that it ends it. */
    private final int[] reached = new int[DatagramSends.MOST];

    private static final int END = -1;

    /** So many datagrams are sent where the first message has failed before. */
    private static final int NOTHING = 0;

    /** Of what was gathered: the message that each datagram is of. */
    private final @Nullable Object[] gathered = new Object[DatagramSends.MOST];

    private int gatheredCount;

    /** How many bytes of the first message in the queue are sent, if they are of several. */
    private int offset;

    /** Whether the kernel cuts a message into datagrams; null until that was asked. */
    private @Nullable Boolean kernelCuts;

    DatagramOutgoing(MillraceDatagramChannel channel) {
        super(channel);
        this.channel = channel;
    }

    /** Bytes have to be direct, and in a row. */
    @Override
    Object accepted(Object message) throws IoException {
        if (message instanceof ByteBuf bytes) {
            return isSendable(bytes) ? bytes : directCopyOf(bytes, bytes);
        }
        if (message instanceof DatagramPacket packet) {
            InetSocketAddress to = packet.recipient();
            InetSocketAddress meant = meant(to);
            ByteBuf bytes = packet.content();
            if (isSendable(bytes) && meant.equals(to)) {
                return packet;
            }
            int segment = Segments.of(packet);
            ByteBuf content = directOf(bytes, packet);
            return segment > 0
                    ? Segments.packet(content, segment, meant)
                    : new DatagramPacket(content, meant);
        }
        if (message instanceof AddressedEnvelope<?, ?> envelope
                && envelope.content() instanceof ByteBuf bytes
                && envelope.recipient() != null) {
            InetSocketAddress meant = meant(envelope.recipient());
            return isSendable(bytes) && meant.equals(envelope.recipient())
                    ? envelope
                    : new DefaultAddressedEnvelope<>(directCopyOf(bytes, envelope), meant);
        }
        throw new UnsupportedOperationException(
                "unsupported message type: "
                        + StringUtil.simpleClassName(message)
                        + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf,"
                        + " InetSocketAddress>, ByteBuf)");
    }

    private static InetSocketAddress meant(SocketAddress to) throws IoException {
        return SocketAddresses.toSendTo(MillraceDatagramChannel.checked(to));
    }

    /** Netty's own empty buffer stands for what was cancelled, and is not told from that. */
    private static boolean isSendable(ByteBuf bytes) {
        return bytes.isDirect() && bytes.nioBufferCount() == 1 && !(bytes instanceof EmptyByteBuf);
    }

    private ByteBuf directOf(ByteBuf bytes, DatagramPacket holder) {
        if (!isSendable(bytes)) {
            return directCopyOf(bytes, holder);
        }
        bytes.retain();
        holder.release();
        return bytes;
    }

    @Override
    boolean hasNext(ChannelOutboundBuffer in) {
        dropCancelled(in);
        while (!channel.isConnected() && isUnaddressed(in.current())) {
            in.remove(new NotYetConnectedException());
            dropCancelled(in);
        }
        return in.current() != null;
    }

    private static boolean isUnaddressed(@Nullable Object message) {
        return message != null && !(message instanceof AddressedEnvelope<?, ?>);
    }

    /** What is thrown is of the first message alone, as a code is. */
    @Override
    int send(ChannelOutboundBuffer in) {
        try {
            return channel.ownPort(null).send();
        } catch (IOException | RuntimeException failure) {
            forget();
            offset = 0;
            in.remove(failure);
            return NOTHING;
        }
    }

    /** Netty has put this in place of what was cancelled. */
    @SuppressWarnings("ReferenceEquality") // an empty buffer of a user is another one
    private static void dropCancelled(ChannelOutboundBuffer in) {
        while (in.current() == Unpooled.EMPTY_BUFFER) {
            in.remove();
        }
    }

    /** So many datagrams are sent, or the first could not be. */
    @Override
    void taken(ChannelOutboundBuffer in, int result) {
        int count = gatheredCount;
        gatheredCount = 0;
        try {
            if (result >= 0) {
                remove(in, result);
                return;
            }
            offset = 0;
            if (count > 0) {
                removeUpTo(gathered[0], in);
            }
            in.remove(Failed.datagram("write", result, channel.remoteAddress()));
        } finally {
            Arrays.fill(gathered, 0, count, null);
        }
    }

    private void remove(ChannelOutboundBuffer in, int count) {
        for (int i = 0; i < count; i++) {
            removeUpTo(gathered[i], in);
            if (reached[i] == END) {
                offset = 0;
                in.remove();
            } else {
                offset = reached[i];
            }
        }
    }

    /** What was cancelled is in the queue, but was not gathered. */
    @SuppressWarnings("ReferenceEquality") // the very message that was gathered
    private static void removeUpTo(@Nullable Object message, ChannelOutboundBuffer in) {
        Object current = in.current();
        while (current != null && current != message) {
            in.remove();
            current = in.current();
        }
    }

    @Override
    boolean isOver() {
        return !channel.isOpen();
    }

    /** Of messages. */
    @Override
    void forget() {
        Arrays.fill(gathered, 0, gatheredCount, null);
        gatheredCount = 0;
    }

    /** Offers what is to be sent next. */
    void gather(DatagramSends into) {
        ChannelOutboundBuffer in = queue();
        if (in == null) {
            return;
        }
        gatheredCount = 0;
        gatherer.begin(into);
        try {
            show(in, gatherer);
        } finally {
            gatherer.end();
        }
    }

    private OutgoingDatagram place(int index) {
        OutgoingDatagram place = places[index];
        if (place == null) {
            place = new OutgoingDatagram();
            places[index] = place;
        }
        return place;
    }

    private boolean doesKernelCut() {
        Boolean known = kernelCuts;
        DatagramPort port = channel.port();
        if (known == null && port != null) {
            known = port.getOption(DatagramOption.SEGMENT_BYTES) >= 0;
            kernelCuts = known;
        }
        return known != null && known;
    }

    /** Adds one message after the other. */
    private final class Gatherer implements ChannelOutboundBuffer.MessageProcessor {
        private @Nullable DatagramSends into;
        private boolean isFirst;

        void begin(DatagramSends list) {
            into = list;
            isFirst = true;
        }

        void end() {
            into = null;
        }

        @Override
        public boolean processMessage(Object message) {
            DatagramSends list = into;
            if (list == null || list.isFull()) {
                return false;
            }
            boolean isAddressed = message instanceof AddressedEnvelope<?, ?>;
            if (!isAddressed && !channel.isConnected() && !isFirst) {
                // It fails when it is its turn; and the first, which lost its peer while it waited
                // for room, by the system.
                return false;
            }
            ByteBuf bytes =
                    message instanceof ByteBufHolder holder
                            ? holder.content()
                            : message instanceof AddressedEnvelope<?, ?> envelope
                                    ? (ByteBuf) envelope.content()
                                    : (ByteBuf) message;
            if (isFirst) {
                isFirst = false;
                add(list, message, bytes, offset);
                return !list.isFull();
            }
            try {
                add(list, message, bytes, 0);
                return !list.isFull();
            } catch (RuntimeException itself) {
                // It fails when it is its turn, and what is before it goes.
                return false;
            }
        }

        private void add(DatagramSends list, Object message, ByteBuf bytes, int from) {
            int length = bytes.readableBytes();
            int segment = Segments.of(message);
            boolean isWhole = segment <= 0 || segment >= length || doesKernelCut();
            int done = from;
            do {
                int part = isWhole ? length - done : Math.min(segment, length - done);
                int index = list.count();
                OutgoingDatagram place = place(index);
                describe(place, message);
                place.segmentBytes = isWhole && segment > 0 && segment < length ? segment : 0;
                ByteBuffer memory = bytes.internalNioBuffer(bytes.readerIndex() + done, part);
                int start = memory.position();
                place.memory = memory;
                place.address =
                        bytes.hasMemoryAddress()
                                ? bytes.memoryAddress() + bytes.readerIndex() + done - start
                                : 0;
                done += part;
                reached[index] = done == length ? END : done;
                gathered[index] = message;
                gatheredCount = index + 1;
                list.add(place, start, start + part);
            } while (done < length && !list.isFull());
        }

        private void describe(OutgoingDatagram place, Object message) {
            if (message instanceof AddressedEnvelope<?, ?> envelope
                    && envelope.recipient() instanceof InetSocketAddress to) {
                place.to.set(to);
            } else {
                place.to.clear();
            }
        }
    }
}
