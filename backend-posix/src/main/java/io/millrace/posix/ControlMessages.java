// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.OutgoingDatagram;
import java.nio.ByteOrder;

/**
 * The control messages that come and go with datagrams, see cmsg(3): by which of the host's
 * addresses and interfaces, and with which traffic class. Trusts no length that it reads.
 * Stateless; any thread.
 */
public final class ControlMessages {
    /** Room for all that a datagram may bring. */
    public static final int RECEIVE_BYTES = 128;

    /** Room for all that may be said of one that is sent. */
    static final int SEND_BYTES = 128;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /** Of a header, before its data. */
    private static final int NARROW_HEADER_BYTES = 12;

    private static final int WIDE_HEADER_BYTES = 16;

    /** {@code struct in_pktinfo}: interface, address to come from, address it went to. */
    private static final int INFO4_BYTES = 12;

    private static final int INFO4_FROM = 4;
    private static final int INFO4_TO = 8;

    /** {@code struct in6_pktinfo}: address, interface. */
    private static final int INFO6_BYTES = 20;

    private static final int INFO6_INTERFACE = 16;

    private final DatagramNumbers numbers;
    private final int levelIp;
    private final int levelIp6;
    private final int headerBytes;

    public ControlMessages(Platform platform) {
        numbers = DatagramNumbers.of(platform.system());
        levelIp = platform.constants().ipprotoIp;
        levelIp6 = platform.constants().ipprotoIpv6;
        headerBytes = aligned(numbers.wideControlLength ? WIDE_HEADER_BYTES : NARROW_HEADER_BYTES);
    }

    private int aligned(int bytes) {
        return (bytes + numbers.controlAlignment - 1) & -numbers.controlAlignment;
    }

    /** Fills in what the messages of so many bytes say. */
    public void read(NativeMemory memory, int offset, int bytes, DatagramInfo into) {
        int at = offset;
        int end = Math.min(offset + bytes, memory.size());
        while (end - at >= headerBytes) {
            int length = memory.getInt(at);
            if (length < headerBytes || length > end - at) {
                return;
            }
            int levelAt = at + (numbers.wideControlLength ? Long.BYTES : Integer.BYTES);
            int level = memory.getInt(levelAt);
            int type = memory.getInt(levelAt + Integer.BYTES);
            read(memory, at + headerBytes, length - headerBytes, level, type, into);
            at += aligned(length);
        }
    }

    private void read(
            NativeMemory memory, int at, int bytes, int level, int type, DatagramInfo into) {
        if (level == levelIp) {
            if (type == numbers.packetInfo4 && bytes >= INFO4_BYTES) {
                into.interfaceIndex = memory.getInt(at);
                into.local.setInet(bigEndian(memory.getInt(at + INFO4_TO)), 0);
            } else if (type == numbers.receivedTrafficClass4 && bytes >= 1) {
                into.trafficClass = trafficClass(memory, at, bytes);
            }
        } else if (level == DatagramNumbers.LEVEL_UDP) {
            if (type == numbers.coalesced && bytes >= Integer.BYTES) {
                into.segmentBytes = memory.getInt(at);
            }
        } else if (level == levelIp6) {
            if (type == numbers.packetInfo6 && bytes >= INFO6_BYTES) {
                int index = memory.getInt(at + INFO6_INTERFACE);
                into.interfaceIndex = index;
                long high = bigEndian(memory.getLong(at));
                boolean linkLocal = high >>> 54 == 0xfe80 >>> 6;
                into.local.setInet6(
                        high, bigEndian(memory.getLong(at + Long.BYTES)), 0, linkLocal ? index : 0);
            } else if (type == numbers.trafficClass6 && bytes >= Integer.BYTES) {
                into.trafficClass = trafficClass(memory, at, bytes);
            }
        }
    }

    /** Some systems tell it in a byte, some in a word. */
    private static int trafficClass(NativeMemory memory, int at, int bytes) {
        return bytes >= Integer.BYTES
                ? memory.getInt(at) & 0xff
                : Byte.toUnsignedInt(memory.getByte(at));
    }

    /** Whether there is something to say of a datagram that only a message can. */
    static boolean areNeeded(OutgoingDatagram datagram) {
        return datagram.trafficClass != DatagramInfo.UNKNOWN
                || datagram.interfaceIndex != 0
                || datagram.segmentBytes != 0
                || datagram.from.isKnown();
    }

    /** Whether the system can be told so, of a datagram to an IPv4 address. */
    boolean canSay4(OutgoingDatagram datagram) {
        boolean hasInfo = datagram.interfaceIndex != 0 || datagram.from.isKnown();
        return (!hasInfo || numbers.packetInfo4 != SocketConstants.ABSENT)
                && (datagram.trafficClass == DatagramInfo.UNKNOWN || numbers.sendsTrafficClass4);
    }

    /** Writes the messages of a datagram, and answers how many bytes they have. */
    int write(OutgoingDatagram datagram, boolean toInet, NativeMemory memory, int offset) {
        int at = offset;
        if (datagram.interfaceIndex != 0 || datagram.from.isKnown()) {
            at += toInet ? writeInfo4(datagram, memory, at) : writeInfo6(datagram, memory, at);
        }
        if (datagram.trafficClass != DatagramInfo.UNKNOWN) {
            int type = toInet ? numbers.trafficClass4 : numbers.trafficClass6;
            int level = toInet ? levelIp : levelIp6;
            writeHeader(memory, at, Integer.BYTES, level, type);
            memory.putInt(at + headerBytes, datagram.trafficClass);
            at += aligned(headerBytes + Integer.BYTES);
        }
        if (datagram.segmentBytes != 0) {
            writeHeader(memory, at, Short.BYTES, DatagramNumbers.LEVEL_UDP, numbers.segment);
            memory.putShort(at + headerBytes, (short) datagram.segmentBytes);
            at += aligned(headerBytes + Short.BYTES);
        }
        return at - offset;
    }

    private int writeInfo4(OutgoingDatagram datagram, NativeMemory memory, int at) {
        writeHeader(memory, at, INFO4_BYTES, levelIp, numbers.packetInfo4);
        int data = at + headerBytes;
        DatagramAddress from = datagram.from;
        memory.putInt(data, datagram.interfaceIndex);
        memory.putInt(
                data + INFO4_FROM,
                from.family() == DatagramAddress.INET ? bigEndian((int) from.low()) : 0);
        memory.putInt(data + INFO4_TO, 0);
        return aligned(headerBytes + INFO4_BYTES);
    }

    private int writeInfo6(OutgoingDatagram datagram, NativeMemory memory, int at) {
        writeHeader(memory, at, INFO6_BYTES, levelIp6, numbers.packetInfo6);
        int data = at + headerBytes;
        DatagramAddress from = datagram.from;
        boolean isInet6 = from.family() == DatagramAddress.INET6;
        memory.putLong(data, isInet6 ? bigEndian(from.high()) : 0);
        memory.putLong(data + Long.BYTES, isInet6 ? bigEndian(from.low()) : 0);
        int index = datagram.interfaceIndex == 0 ? from.scope() : datagram.interfaceIndex;
        memory.putInt(data + INFO6_INTERFACE, index);
        return aligned(headerBytes + INFO6_BYTES);
    }

    private void writeHeader(NativeMemory memory, int at, int dataBytes, int level, int type) {
        memory.zero(at, aligned(headerBytes + dataBytes));
        int levelAt = at + (numbers.wideControlLength ? Long.BYTES : Integer.BYTES);
        memory.putInt(at, headerBytes + dataBytes);
        memory.putInt(levelAt, level);
        memory.putInt(levelAt + Integer.BYTES, type);
    }

    private static int bigEndian(int value) {
        return LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
    }

    private static long bigEndian(long value) {
        return LITTLE_ENDIAN ? Long.reverseBytes(value) : value;
    }
}
