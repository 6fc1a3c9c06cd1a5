// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Gets and sets options of datagram sockets, which have other numbers for each family, and their
 * memberships in groups; one loop's memory holds the values. Loop thread only.
 */
final class DatagramOptions {
    /** sizeof(struct sockaddr_storage). */
    private static final int STORAGE_BYTES = 128;

    private static final int VALUE = 0;
    private static final int LENGTH = 16;

    /** {@code struct ip_mreqn}: group, address, index of the interface. */
    private static final int REQUEST4_BYTES = 12;

    private static final int REQUEST4_INTERFACE = 8;

    private final SystemCalls calls;
    private final SocketOptions options;
    private final Platform platform;
    private final SocketConstants names;
    private final DatagramNumbers numbers;
    private final SocketAddressCodec codec;
    private final NativeMemory memory = NativeMemory.allocate(8 + 2 * STORAGE_BYTES);

    DatagramOptions(SystemCalls calls, SocketOptions options, Platform platform) {
        this.calls = calls;
        this.options = options;
        this.platform = platform;
        names = platform.constants();
        numbers = DatagramNumbers.of(platform.system());
        codec = new SocketAddressCodec(platform.addresses());
    }

    /** Whether a value is one of a word, and not of a byte, as IPv4 has some of multicast. */
    private static boolean isWord(DatagramOption option) {
        return option != DatagramOption.MULTICAST_TIME_TO_LIVE
                && option != DatagramOption.MULTICAST_LOOP;
    }

    /**
     * A socket of IPv6 has the options of both families, as it reaches both; what it cannot be told
     * of IPv4 is not missed where it is one of IPv6 alone.
     */
    int set(int fd, boolean isInet6, DatagramOption option, int value) {
        if (option == DatagramOption.SEGMENT_BYTES || option == DatagramOption.RECEIVE_COALESCED) {
            return options.set(fd, DatagramNumbers.LEVEL_UDP, numberOfUdp(option), value);
        }
        if (option == DatagramOption.BROADCAST) {
            return options.set(fd, names.solSocket, names.soBroadcast, value);
        }
        if (isInet6) {
            int result = options.set(fd, names.ipprotoIpv6, number6(option), value);
            if (result == Code.OK && number4(option) != SocketConstants.ABSENT) {
                set4(fd, option, value);
            }
            return result;
        }
        return set4(fd, option, value);
    }

    private int set4(int fd, DatagramOption option, int value) {
        int number = number4(option);
        if (option == DatagramOption.MULTICAST_INTERFACE) {
            memory.zero(VALUE, REQUEST4_BYTES);
            memory.putInt(VALUE + REQUEST4_INTERFACE, value);
            return store(fd, names.ipprotoIp, number, REQUEST4_BYTES);
        }
        if (isWord(option)) {
            return options.set(fd, names.ipprotoIp, number, value);
        }
        if (value < 0 || value > 0xff) {
            return Code.INVALID_ARGUMENT;
        }
        memory.putByte(VALUE, (byte) value);
        return store(fd, names.ipprotoIp, number, 1);
    }

    private int store(int fd, int level, int number, int length) {
        return memory.keptFor(calls.setsockopt(fd, level, number, memory.address(VALUE), length));
    }

    /** Of IPv4 the system does not tell by its index which interface was set. */
    int get(int fd, boolean isInet6, DatagramOption option) {
        if (option == DatagramOption.SEGMENT_BYTES || option == DatagramOption.RECEIVE_COALESCED) {
            return options.get(fd, DatagramNumbers.LEVEL_UDP, numberOfUdp(option));
        }
        if (option == DatagramOption.BROADCAST) {
            int value = options.get(fd, names.solSocket, names.soBroadcast);
            // The BSDs answer with the option's own bit.
            return value > 0 ? 1 : value;
        }
        if (isInet6) {
            return options.get(fd, names.ipprotoIpv6, number6(option));
        }
        int number = number4(option);
        if (number == SocketConstants.ABSENT) {
            return Code.NOT_SUPPORTED;
        }
        memory.putInt(VALUE, 0);
        memory.putInt(LENGTH, isWord(option) ? Integer.BYTES : 1);
        int result =
                memory.keptFor(
                        calls.getsockopt(
                                fd,
                                names.ipprotoIp,
                                number,
                                memory.address(VALUE),
                                memory.address(LENGTH)));
        if (result < 0) {
            return result;
        }
        return isWord(option) ? memory.getInt(VALUE) : Byte.toUnsignedInt(memory.getByte(VALUE));
    }

    private int numberOfUdp(DatagramOption option) {
        return option == DatagramOption.SEGMENT_BYTES ? numbers.segment : numbers.coalesced;
    }

    private int number4(DatagramOption option) {
        return switch (option) {
            case BROADCAST, SEGMENT_BYTES, RECEIVE_COALESCED -> SocketConstants.ABSENT;
            case TRAFFIC_CLASS -> numbers.trafficClass4;
            case TIME_TO_LIVE -> numbers.timeToLive4;
            case MULTICAST_TIME_TO_LIVE -> numbers.multicastTimeToLive4;
            case MULTICAST_LOOP -> numbers.multicastLoop4;
            case MULTICAST_INTERFACE -> numbers.multicastInterface4;
            case RECEIVE_PACKET_INFO -> numbers.receivePacketInfo4;
            case RECEIVE_TRAFFIC_CLASS -> numbers.receiveTrafficClass4;
            case RECEIVE_ERRORS -> numbers.receiveErrors4;
        };
    }

    private int number6(DatagramOption option) {
        return switch (option) {
            case BROADCAST, SEGMENT_BYTES, RECEIVE_COALESCED -> SocketConstants.ABSENT;
            case TRAFFIC_CLASS -> numbers.trafficClass6;
            case TIME_TO_LIVE -> numbers.hops6;
            case MULTICAST_TIME_TO_LIVE -> numbers.multicastHops6;
            case MULTICAST_LOOP -> numbers.multicastLoop6;
            case MULTICAST_INTERFACE -> numbers.multicastInterface6;
            case RECEIVE_PACKET_INFO -> numbers.receivePacketInfo6;
            case RECEIVE_TRAFFIC_CLASS -> numbers.receiveTrafficClass6;
            case RECEIVE_ERRORS -> numbers.receiveErrors6;
        };
    }

    /**
     * Linux lets a socket that is bound to the wildcard address hear of all groups that anybody on
     * the host has joined. Old kernels have no such option.
     */
    void hearOwnGroupsOnly(int fd, boolean isInet6) {
        if (numbers.allGroups4 != SocketConstants.ABSENT) {
            options.set(fd, names.ipprotoIp, numbers.allGroups4, 0);
        }
        if (isInet6 && numbers.allGroups6 != SocketConstants.ABSENT) {
            options.set(fd, names.ipprotoIpv6, numbers.allGroups6, 0);
        }
    }

    /** Joins or leaves: OK, or why not. */
    int membership(
            int fd, boolean join, InetAddress group, int index, @Nullable InetAddress source) {
        int number =
                source == null
                        ? (join ? numbers.joinGroup : numbers.leaveGroup)
                        : (join ? numbers.joinSource : numbers.leaveSource);
        if (number == SocketConstants.ABSENT) {
            return Code.NOT_SUPPORTED;
        }
        boolean six = group instanceof Inet6Address;
        int family = six ? names.afInet6 : names.afInet;
        memory.zero(0, memory.size());
        memory.putInt(0, index);
        int length = numbers.groupOffset + STORAGE_BYTES;
        try {
            codec.write(new InetSocketAddress(group, 0), family, memory, numbers.groupOffset);
            if (source != null) {
                codec.write(new InetSocketAddress(source, 0), family, memory, length);
                length += STORAGE_BYTES;
            }
        } catch (IoException foreign) {
            return foreign.code();
        }
        int level = six ? names.ipprotoIpv6 : names.ipprotoIp;
        return memory.keptFor(calls.setsockopt(fd, level, number, memory.address(), length));
    }

    @Override
    public String toString() {
        return "options of datagrams on " + platform.system();
    }
}
