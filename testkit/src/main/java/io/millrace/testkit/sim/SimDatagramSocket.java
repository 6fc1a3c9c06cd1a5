// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.Poller;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket as the simulated kernel keeps it. Models what a loop can notice of UDP:
 * datagrams are lost, come twice, overtake each other, and are cut; a full socket has no room for a
 * while, a full network says so and nothing else; nobody at an address is told to who is connected.
 */
final class SimDatagramSocket extends SimDescriptor {
    /** What IPv4 carries in one datagram. */
    private static final int MOST_BYTES = 65_507;

    /** How many datagrams a socket holds to be received; others are lost. */
    private static final int MOST_WAITING = 1024;

    /** How many may be on their way from one socket. */
    private static final int MOST_ON_THEIR_WAY = 128;

    private final SimWorld world;
    private final DatagramSpec spec;
    private final InetSocketAddress bound;
    private final ArrayDeque<Packet> waiting = new ArrayDeque<>();
    private final Set<Membership> memberships = new HashSet<>();
    private final Map<DatagramOption, Integer> options = new EnumMap<>(DatagramOption.class);
    private @Nullable InetSocketAddress peer;

    /** Reported by the next call and then forgotten, as SO_ERROR is. */
    private int error = Code.OK;

    private int onTheirWay;
    private boolean wantsRoom;
    private boolean closed;

    SimDatagramSocket(SimWorld world, DatagramSpec spec, InetSocketAddress bound) {
        this.world = world;
        this.spec = spec;
        this.bound = bound;
    }

    /** A datagram on its way. */
    private static final class Packet {
        final InetSocketAddress from;
        final InetSocketAddress to;
        final int trafficClass;
        final byte[] bytes;

        Packet(InetSocketAddress from, InetSocketAddress to, int trafficClass, byte[] bytes) {
            this.from = from;
            this.to = to;
            this.trafficClass = trafficClass;
            this.bytes = bytes;
        }
    }

    DatagramSpec spec() {
        return spec;
    }

    int connect(InetSocketAddress to) {
        peer = to;
        error = Code.OK;
        return Code.OK;
    }

    int disconnect() {
        peer = null;
        error = Code.OK;
        return Code.OK;
    }

    /** Its own host is the one that its datagrams come from, once it is connected. */
    InetSocketAddress local() {
        return peer == null ? bound : source();
    }

    private InetSocketAddress source() {
        InetAddress host = bound.getAddress();
        return host.isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.getPort())
                : bound;
    }

    /** How many were taken, from the first on; WOULD_BLOCK, or why the first was not. */
    int send(DatagramSends from) {
        for (int i = 0; i < from.count(); i++) {
            int result = send(from, i);
            if (result < 0) {
                return i == 0 ? result : i;
            }
        }
        return from.count();
    }

    private int send(DatagramSends from, int index) {
        if (error != Code.OK) {
            return takeError();
        }
        OutgoingDatagram datagram = from.datagram(index);
        InetSocketAddress to = datagram.to.isKnown() ? datagram.to.toObject() : peer;
        if (to == null) {
            return Code.NOT_CONNECTED;
        }
        if (from.length(index) > MOST_BYTES) {
            return Code.MESSAGE_TOO_LONG;
        }
        if (world.strikes(Fault.NETWORK_FULL)) {
            return Code.NO_CHUNKS;
        }
        if (world.strikes(Fault.DATAGRAM_SEND_FAILURE)) {
            return DeclaredCodes.DATAGRAM.draw(world.random());
        }
        if (onTheirWay >= MOST_ON_THEIR_WAY) {
            wantsRoom = true;
            return Code.WOULD_BLOCK;
        }
        byte[] bytes = new byte[from.length(index)];
        ByteBuffer memory = Objects.requireNonNull(datagram.memory).duplicate().clear();
        memory.get(from.start(index), bytes);
        boolean isMarked = datagram.trafficClass != DatagramInfo.UNKNOWN;
        Packet packet =
                new Packet(
                        source(),
                        to,
                        isMarked
                                ? datagram.trafficClass
                                : options.getOrDefault(DatagramOption.TRAFFIC_CLASS, 0),
                        bytes);
        if (to.getAddress().isMulticastAddress()) {
            boolean loops = options.getOrDefault(DatagramOption.MULTICAST_LOOP, 1) != 0;
            if (loops) {
                world.network().members(packet.to, packet.from).forEach(m -> depart(m, packet));
            }
        } else {
            depart(null, packet);
        }
        return 1;
    }

    /**
     * @param member of the group that it goes to, or null if it goes to a single address
     */
    private void depart(@Nullable SimDatagramSocket member, Packet packet) {
        int copies = world.strikes(Fault.DATAGRAM_LOSS) ? 0 : 1;
        copies += copies > 0 && world.strikes(Fault.DATAGRAM_DUPLICATION) ? 1 : 0;
        onTheirWay++;
        world.after(world.delayNanos(), this::hasLeft);
        for (int i = 0; i < copies; i++) {
            boolean late = world.strikes(Fault.DATAGRAM_REORDERING);
            long delay = late ? world.longDelayNanos() : world.delayNanos();
            world.after(delay, () -> arriveAt(member, packet));
        }
    }

    private void hasLeft() {
        onTheirWay--;
        if (wantsRoom && !closed) {
            wantsRoom = false;
            changed(Poller.WRITE);
        }
    }

    private void arriveAt(@Nullable SimDatagramSocket member, Packet packet) {
        SimDatagramSocket receiver =
                member == null ? world.network().datagramsAt(packet.to, packet.from) : member;
        if (receiver != null) {
            receiver.arrive(packet);
        } else if (packet.to.equals(peer) && !closed) {
            error = Code.REFUSED;
            changed(Poller.READ | Poller.WRITE | Poller.HANGUP);
        }
    }

    private void arrive(Packet packet) {
        boolean isForeign = peer != null && !packet.from.equals(peer);
        if (!closed && !isForeign && waiting.size() < MOST_WAITING) {
            waiting.add(packet);
            changed(Poller.READ);
        }
    }

    /** 1, WOULD_BLOCK, or the error that waits. */
    int receive(PoolChunk into, DatagramInfo info) {
        if (error != Code.OK) {
            return takeError();
        }
        Packet packet = waiting.poll();
        if (packet == null) {
            return Code.WOULD_BLOCK;
        }
        int length = packet.bytes.length;
        int room = into.capacity();
        if (length > 0 && world.strikes(Fault.DATAGRAM_TRUNCATION)) {
            room = Math.min(room, world.random().nextInt(length));
        }
        int kept = Math.min(length, room);
        into.memory().clear().put(0, packet.bytes, 0, kept);
        into.filled(0, kept);
        info.clear();
        info.sender.set(packet.from);
        info.truncated = kept < length;
        if (getOption(DatagramOption.RECEIVE_PACKET_INFO) != 0) {
            info.local.set(new InetSocketAddress(packet.to.getAddress(), 0));
            info.interfaceIndex = 1;
        }
        if (getOption(DatagramOption.RECEIVE_TRAFFIC_CLASS) != 0) {
            info.trafficClass = packet.trafficClass;
        }
        return 1;
    }

    int setOption(DatagramOption option, int value) {
        if (isUnknown(option)) {
            return Code.NOT_SUPPORTED;
        }
        options.put(option, value);
        return Code.OK;
    }

    /** This kernel neither cuts nor joins, and keeps no reports. */
    private static boolean isUnknown(DatagramOption option) {
        return switch (option) {
            case SEGMENT_BYTES, RECEIVE_COALESCED, RECEIVE_ERRORS -> true;
            default -> false;
        };
    }

    int getOption(DatagramOption option) {
        if (isUnknown(option)) {
            return Code.NOT_SUPPORTED;
        }
        boolean isOn =
                option == DatagramOption.MULTICAST_LOOP
                        || option == DatagramOption.MULTICAST_TIME_TO_LIVE;
        return options.getOrDefault(option, isOn ? 1 : 0);
    }

    /** A group that was joined, perhaps of one source. */
    private record Membership(InetAddress group, int index, @Nullable InetAddress source) {}

    int join(InetAddress group, int index, @Nullable InetAddress source) {
        boolean ofOtherKind =
                memberships.stream()
                        .anyMatch(
                                each ->
                                        each.group().equals(group)
                                                && (each.source() == null) != (source == null));
        if (ofOtherKind) {
            return source == null ? Code.ADDRESS_IN_USE : Code.INVALID_ARGUMENT;
        }
        return memberships.add(new Membership(group, index, source))
                ? Code.OK
                : Code.ADDRESS_IN_USE;
    }

    int leave(InetAddress group, int index, @Nullable InetAddress source) {
        return memberships.remove(new Membership(group, index, source))
                ? Code.OK
                : Code.ADDRESS_NOT_AVAILABLE;
    }

    boolean isMember(InetAddress group, InetAddress source) {
        return memberships.stream()
                .anyMatch(
                        each ->
                                each.group().equals(group)
                                        && (each.source() == null || each.source().equals(source)));
    }

    boolean isReadable() {
        return (readiness() & Poller.READ) != 0;
    }

    private int takeError() {
        int taken = error;
        error = Code.OK;
        return taken;
    }

    @Override
    int readiness() {
        if (error != Code.OK) {
            return Poller.READ | Poller.WRITE | Poller.HANGUP;
        }
        int write = onTheirWay < MOST_ON_THEIR_WAY ? Poller.WRITE : 0;
        return waiting.isEmpty() ? write : write | Poller.READ;
    }

    @Override
    void close() {
        if (!closed) {
            closed = true;
            waiting.clear();
            world.network().remove(this, bound.getPort());
            world.network().countClosed();
        }
    }
}
