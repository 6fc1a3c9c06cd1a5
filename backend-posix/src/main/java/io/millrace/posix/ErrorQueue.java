// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.reactor.RawStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Linux keeps in a socket's error queue ({@code MSG_ERRQUEUE}): what the network reports
 * of datagrams, see IP_RECVERR in ip(7), and that memory is not needed any more, see MSG_ZEROCOPY.
 * One for each loop that needs it, on its thread.
 */
final class ErrorQueue {
    private static final int MSG_ERRQUEUE = 0x2000;

    /** Of {@code struct sock_extended_err}: number, origin; the reporter's address is behind it. */
    private static final int ORIGIN = 4;

    private static final int REPORTER = 16;

    private static final int ORIGIN_ICMP = 2;
    private static final int ORIGIN_ICMP6 = 3;
    private static final int ORIGIN_ZEROCOPY = 5;

    /** Of a notice: whether there is a copy, and the first and the last send that it is of. */
    private static final int CODE = 6;

    private static final int FIRST = 8;
    private static final int LAST = 12;
    private static final int COPIED = 1;

    private static final int NAME_BYTES = 32;
    private static final int CONTROL_BYTES = 512;
    private static final int HEADER = 0;
    private static final int NAME = 64;
    private static final int CONTROL = NAME + NAME_BYTES;

    /** A control message: length, level, type. */
    private static final int LEVEL = 8;

    private static final int TYPE = 12;
    private static final int DATA = 16;

    private final SystemCalls calls;
    private final Platform platform;
    private final MessageLayout messages;
    private final SocketAddressCodec codec;
    private final DatagramNumbers numbers;
    private final NativeMemory memory = NativeMemory.allocate(CONTROL + CONTROL_BYTES);

    ErrorQueue(SystemCalls calls, Platform platform) {
        this.calls = calls;
        this.platform = platform;
        messages = platform.messages();
        codec = new SocketAddressCodec(platform.addresses());
        numbers = DatagramNumbers.of(platform.system());
        messages.putHeader(memory, HEADER, 0, 0);
    }

    /**
     * The oldest report of the network's; null if there is none. What a call has failed with is
     * told by that call, and passed over here.
     */
    @Nullable DatagramFault take(int fd) {
        int result;
        while ((result = receive(fd)) >= 0) {
            int at = report();
            if (at >= 0 && isOfNetwork(at)) {
                return fault(at);
            }
        }
        return null;
    }

    /**
     * Takes reports until there is a notice of the send of a number, or none is left. What else
     * there is of a stream nobody has asked for. Of a descriptor that somebody else has closed
     * there is never going to be one; the next call on it says so.
     *
     * @return what {@link RawStream#takeNotice} answers
     */
    int takeNotice(int fd, int number) {
        int result;
        while ((result = receive(fd)) >= 0) {
            int at = report();
            if (at >= 0 && memory.getByte(at + ORIGIN) == ORIGIN_ZEROCOPY && covers(at, number)) {
                boolean copied = (memory.getByte(at + CODE) & COPIED) != 0;
                return copied ? RawStream.SENT_A_COPY : RawStream.SENT_IN_PLACE;
            }
        }
        boolean isNone = result == Code.BAD_DESCRIPTOR || result == Code.NOT_A_SOCKET;
        return isNone ? RawStream.SENT_IN_PLACE : RawStream.NO_NOTICE;
    }

    /** Numbers go on with 0 after the largest of 32 bits. */
    private boolean covers(int at, int number) {
        int first = memory.getInt(at + FIRST);
        int last = memory.getInt(at + LAST);
        return Integer.compareUnsigned(number - first, last - first) <= 0;
    }

    private int receive(int fd) {
        messages.putName(memory, HEADER, memory.address(NAME), NAME_BYTES);
        messages.putControl(memory, HEADER, memory.address(CONTROL), CONTROL_BYTES);
        int flags = MSG_ERRQUEUE | platform.constants().msgDontwait;
        int result;
        do {
            result = memory.keptFor(calls.recvmsg(fd, memory.address(HEADER), flags));
        } while (result == Code.INTERRUPTED);
        return result;
    }

    /** Where the report is among the control messages, or a negative number. */
    private int report() {
        int at = CONTROL;
        int end = CONTROL + Math.min(messages.controlLength(memory, HEADER), CONTROL_BYTES);
        while (end - at >= DATA) {
            int length = memory.getInt(at);
            if (length < DATA || length > end - at) {
                break;
            }
            if (length >= DATA + REPORTER && isReport(memory.getInt(at + LEVEL), at)) {
                return at + DATA;
            }
            at += (length + Long.BYTES - 1) & -Long.BYTES;
        }
        return -1;
    }

    private boolean isReport(int level, int at) {
        int type = memory.getInt(at + TYPE);
        SocketConstants names = platform.constants();
        return (level == names.ipprotoIp && type == numbers.receiveErrors4)
                || (level == names.ipprotoIpv6 && type == numbers.receiveErrors6);
    }

    private boolean isOfNetwork(int at) {
        int origin = memory.getByte(at + ORIGIN);
        return origin == ORIGIN_ICMP || origin == ORIGIN_ICMP6;
    }

    private DatagramFault fault(int at) {
        int code = platform.errors().code(memory.getInt(at));
        SocketAddress to = codec.read(memory, NAME, messages.nameLength(memory, HEADER));
        return new DatagramFault(code, to, reporter(at + REPORTER));
    }

    /** An address of no family means that it is not known. */
    private @Nullable InetAddress reporter(int at) {
        SocketAddressLayout layout = platform.addresses();
        int family = layout.family(memory, at);
        int length =
                family == layout.familyInet()
                        ? SocketAddressLayout.INET_BYTES
                        : family == layout.familyInet6() ? SocketAddressLayout.INET6_BYTES : 0;
        boolean isThere = length != 0 && at + length <= memory.size();
        return isThere && codec.read(memory, at, length) instanceof InetSocketAddress inet
                ? inet.getAddress()
                : null;
    }
}
