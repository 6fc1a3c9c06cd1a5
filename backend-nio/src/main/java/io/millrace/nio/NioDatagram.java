// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.DatagramReceives;
import io.millrace.spi.reactor.RawDatagram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Non-blocking calls on a {@link DatagramChannel}: one datagram each. */
final class NioDatagram extends RawDatagram implements NioSocket {
    /** A chunk of so much room cuts no datagram. */
    private static final int LONGEST_BYTES = 65_527;

    private final NioDatagrams shared;
    private final DatagramChannel channel;
    private final Registration registration;
    private final Map<Membership, MembershipKey> memberships = new HashMap<>();

    NioDatagram(NioDatagrams shared, DatagramChannel channel) {
        this.shared = shared;
        this.channel = channel;
        registration = new Registration(channel, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
        NioErrors.load();
    }

    @Override
    public int mostReceives() {
        return 1;
    }

    @Override
    public int receive(DatagramReceives into) {
        PoolChunk chunk = into.chunk(0);
        boolean fits = chunk.capacity() >= LONGEST_BYTES;
        ByteBuffer memory = fits ? chunk.memory().clear() : shared.whole();
        SocketAddress sender;
        try {
            sender = channel.receive(memory);
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.REFUSED);
        }
        if (sender == null) {
            return Code.WOULD_BLOCK;
        }
        int length = memory.position();
        int kept = Math.min(length, chunk.capacity());
        if (!fits) {
            chunk.memory().clear().put(0, memory, 0, kept);
        }
        chunk.filled(0, kept);
        DatagramInfo info = into.info(0);
        info.clear();
        info.sender.set((InetSocketAddress) sender);
        info.truncated = kept < length;
        return 1;
    }

    @Override
    public int send(DatagramSends from) {
        for (int i = 0; i < from.count(); i++) {
            int result = send(from, i);
            if (result < 0) {
                return i == 0 ? result : i;
            }
        }
        return from.count();
    }

    /** An empty datagram has no bytes that could be counted, and counts as sent. */
    private int send(DatagramSends from, int index) {
        OutgoingDatagram datagram = from.datagram(index);
        if (datagram.from.isKnown()
                || datagram.interfaceIndex != 0
                || datagram.trafficClass != DatagramInfo.UNKNOWN) {
            return Code.NOT_SUPPORTED;
        }
        ByteBuffer memory = Objects.requireNonNull(datagram.memory);
        int start = from.start(index);
        int length = from.length(index);
        memory.limit(start + length).position(start);
        try {
            if (length == 0 && channel.getRemoteAddress() instanceof InetSocketAddress peer) {
                return sendNothing(memory, datagram.to.isKnown() ? datagram.to.toObject() : peer);
            }
            int sent =
                    datagram.to.isKnown()
                            ? channel.send(memory, datagram.to.toObject())
                            : channel.write(memory);
            return sent == 0 && length > 0 ? Code.WOULD_BLOCK : Code.OK;
        } catch (AlreadyConnectedException e) {
            // The JDK sends to nobody but the peer.
            return Code.IS_CONNECTED;
        } catch (NotYetConnectedException e) {
            return Code.NOT_CONNECTED;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.IO_ERROR);
        } catch (IllegalArgumentException e) {
            // Also of an address that the JDK takes for one of another kind.
            return Code.INVALID_ARGUMENT;
        }
    }

    /**
     * The JDK makes no system call for a buffer without bytes while a channel is connected, so it
     * is not for the moment. What has come and was not received by then is lost, as datagrams may
     * be: the JDK drops it when it connects.
     */
    private int sendNothing(ByteBuffer empty, InetSocketAddress to) throws IOException {
        SocketAddress peer = channel.getRemoteAddress();
        if (!to.equals(peer)) {
            return Code.IS_CONNECTED;
        }
        channel.disconnect();
        try {
            channel.send(empty, peer);
        } finally {
            channel.connect(peer);
        }
        return Code.OK;
    }

    /** A connected channel does not connect to another peer. */
    @Override
    public int connect(InetSocketAddress to) {
        try {
            channel.disconnect();
            channel.connect(to);
            return Code.OK;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.NETWORK_UNREACHABLE);
        } catch (IllegalArgumentException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    @Override
    public int disconnect() {
        try {
            channel.disconnect();
            return Code.OK;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.IO_ERROR);
        }
    }

    @Override
    public Registration registration() {
        return registration;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return NioOptions.localAddress(channel);
    }

    @Override
    public int setOption(PortOption option, int value) {
        return NioOptions.set(channel, option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return NioOptions.get(channel, option);
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        try {
            NetworkInterface link = NioDatagrams.interfaceAt(interfaceIndex, group);
            if (link == null) {
                return Code.NO_SUCH_DEVICE;
            }
            Membership membership = new Membership(group, interfaceIndex, source);
            if (memberships.containsKey(membership)) {
                return Code.ADDRESS_IN_USE;
            }
            MembershipKey key =
                    source == null ? channel.join(group, link) : channel.join(group, link, source);
            memberships.put(membership, key);
            return Code.OK;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        } catch (IllegalArgumentException e) {
            return Code.INVALID_ARGUMENT;
        } catch (IllegalStateException e) {
            // A member of some sources cannot be one of all, nor the other way round.
            return source == null ? Code.ADDRESS_IN_USE : Code.INVALID_ARGUMENT;
        } catch (UnsupportedOperationException e) {
            return Code.NOT_SUPPORTED;
        }
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        MembershipKey key = memberships.remove(new Membership(group, interfaceIndex, source));
        if (key == null) {
            return Code.ADDRESS_NOT_AVAILABLE;
        }
        key.drop();
        return Code.OK;
    }

    /** What was joined. */
    private record Membership(
            InetAddress group, int interfaceIndex, @Nullable InetAddress source) {}

    @Override
    public int setOption(DatagramOption option, int value) {
        try {
            switch (option) {
                case BROADCAST -> channel.setOption(StandardSocketOptions.SO_BROADCAST, value != 0);
                case TRAFFIC_CLASS -> channel.setOption(StandardSocketOptions.IP_TOS, value);
                case MULTICAST_TIME_TO_LIVE ->
                        channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, value);
                case MULTICAST_LOOP ->
                        channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, value != 0);
                case MULTICAST_INTERFACE -> {
                    NetworkInterface link = NetworkInterface.getByIndex(value);
                    if (link == null) {
                        return Code.NO_SUCH_DEVICE;
                    }
                    channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, link);
                }
                case TIME_TO_LIVE,
                        RECEIVE_PACKET_INFO,
                        RECEIVE_TRAFFIC_CLASS,
                        SEGMENT_BYTES,
                        RECEIVE_COALESCED,
                        RECEIVE_ERRORS -> {
                    return Code.NOT_SUPPORTED;
                }
            }
            return Code.OK;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        } catch (IllegalArgumentException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    @Override
    public int getOption(DatagramOption option) {
        try {
            return switch (option) {
                case BROADCAST -> channel.getOption(StandardSocketOptions.SO_BROADCAST) ? 1 : 0;
                case TRAFFIC_CLASS -> channel.getOption(StandardSocketOptions.IP_TOS);
                case MULTICAST_TIME_TO_LIVE ->
                        channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL);
                case MULTICAST_LOOP ->
                        channel.getOption(StandardSocketOptions.IP_MULTICAST_LOOP) ? 1 : 0;
                case MULTICAST_INTERFACE -> {
                    NetworkInterface link =
                            channel.getOption(StandardSocketOptions.IP_MULTICAST_IF);
                    yield link == null ? 0 : link.getIndex();
                }
                case TIME_TO_LIVE,
                        RECEIVE_PACKET_INFO,
                        RECEIVE_TRAFFIC_CLASS,
                        SEGMENT_BYTES,
                        RECEIVE_COALESCED,
                        RECEIVE_ERRORS ->
                        Code.NOT_SUPPORTED;
            };
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        }
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        registration.close();
    }
}
