// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;

/** Gets and sets socket options by number; one loop's memory holds the values. Loop thread only. */
final class SocketOptions {
    private static final int VALUE = 0;

    /** The second int of {@code struct linger}. */
    private static final int LINGER_SECONDS = 4;

    private static final int LINGER_BYTES = 8;
    private static final int LENGTH = 12;

    private final SystemCalls calls;
    private final SocketConstants constants;
    private final CredentialCalls credentials;
    private final NativeMemory memory = NativeMemory.allocate(16);

    SocketOptions(SystemCalls calls, Platform platform) {
        this.calls = calls;
        constants = platform.constants();
        credentials = new CredentialCalls(calls, platform);
    }

    int set(int fd, PortOption option, int value) {
        return switch (option) {
            case RESET_AT_CLOSE -> setLinger(fd, value);
            case TRAFFIC_CLASS -> setTrafficClass(fd, value);
            default -> set(fd, level(option), number(option), value);
        };
    }

    int get(int fd, PortOption option) {
        return switch (option) {
            case RESET_AT_CLOSE -> resetsAtClose(fd);
            case TRAFFIC_CLASS -> trafficClass(fd);
            default -> get(fd, level(option), number(option));
        };
    }

    /** Whether this system has an option. */
    boolean has(PortOption option) {
        return number(option) != SocketConstants.ABSENT;
    }

    /** A socket of IPv6 may reach IPv4 as well; one of IPv4 has the one option alone. */
    private int setTrafficClass(int fd, int value) {
        int six = set(fd, constants.ipprotoIpv6, constants.ipv6Tclass, value);
        int four = set(fd, constants.ipprotoIp, constants.ipTos, value);
        return six == Code.OK ? six : four;
    }

    private int trafficClass(int fd) {
        int six = get(fd, constants.ipprotoIpv6, constants.ipv6Tclass);
        return six >= 0 ? six : get(fd, constants.ipprotoIp, constants.ipTos);
    }

    /** An option that may have any value. */
    int get(int fd, int level, int number, int[] into) {
        int result = fetch(fd, level, number, Integer.BYTES);
        if (result < 0) {
            return result;
        }
        into[0] = memory.getInt(VALUE);
        return Code.OK;
    }

    int set(int fd, int level, int number, int value) {
        memory.putInt(VALUE, value);
        return store(fd, level, number, Integer.BYTES);
    }

    int get(int fd, int level, int number) {
        int result = fetch(fd, level, number, Integer.BYTES);
        return result < 0 ? result : memory.getInt(VALUE);
    }

    /** Sends may leave memory in place from now on. */
    int allowInPlace(int fd) {
        int result = set(fd, constants.solSocket, constants.soZerocopy, 1);
        return result == Code.OPTION_NOT_AVAILABLE ? Code.NOT_SUPPORTED : result;
    }

    /** Whether an option is the one of {@link #allowInPlace}. */
    boolean isInPlace(NumberedOption option) {
        return option.isOf(constants.solSocket, constants.soZerocopy);
    }

    /** Process, user, group. */
    int peerCredentials(int fd, int[] into) {
        return credentials.get(fd, into);
    }

    /** Off, or of no time. */
    private int setLinger(int fd, int on) {
        memory.putInt(VALUE, on);
        memory.putInt(LINGER_SECONDS, 0);
        return store(fd, constants.solSocket, constants.soLinger, LINGER_BYTES);
    }

    private int resetsAtClose(int fd) {
        int result = fetch(fd, constants.solSocket, constants.soLinger, LINGER_BYTES);
        if (result < 0) {
            return result;
        }
        return memory.getInt(VALUE) != 0 && memory.getInt(LINGER_SECONDS) == 0 ? 1 : 0;
    }

    /** Sees to it that close(2) does not wait, whatever somebody else has asked for. */
    int switchWaitingAtCloseOff(int fd) {
        int resets = resetsAtClose(fd);
        return resets == 0 ? setLinger(fd, 0) : Math.min(resets, Code.OK);
    }

    private int store(int fd, int level, int number, int length) {
        if (number == SocketConstants.ABSENT) {
            return Code.NOT_SUPPORTED;
        }
        return memory.keptFor(calls.setsockopt(fd, level, number, memory.address(VALUE), length));
    }

    private int fetch(int fd, int level, int number, int length) {
        if (number == SocketConstants.ABSENT) {
            return Code.NOT_SUPPORTED;
        }
        memory.putInt(LENGTH, length);
        return memory.keptFor(
                calls.getsockopt(fd, level, number, memory.address(VALUE), memory.address(LENGTH)));
    }

    private int level(PortOption option) {
        return switch (option) {
            case NO_DELAY,
                    KEEP_ALIVE_IDLE_SECONDS,
                    KEEP_ALIVE_INTERVAL_SECONDS,
                    KEEP_ALIVE_PROBES,
                    USER_TIMEOUT_MILLIS,
                    QUICK_ACKNOWLEDGEMENT,
                    DEFER_ACCEPT_SECONDS,
                    FAST_OPEN_QUEUE,
                    FAST_OPEN_CONNECT ->
                    constants.ipprotoTcp;
            case KEEP_ALIVE,
                    RESET_AT_CLOSE,
                    RECEIVE_BUFFER_BYTES,
                    SEND_BUFFER_BYTES,
                    REUSE_ADDRESS,
                    REUSE_PORT,
                    INCOMING_CPU,
                    ZERO_COPY_BYTES ->
                    constants.solSocket;
            case TRAFFIC_CLASS -> constants.ipprotoIp;
        };
    }

    private int number(PortOption option) {
        return switch (option) {
            case NO_DELAY -> constants.tcpNodelay;
            case KEEP_ALIVE -> constants.soKeepalive;
            case KEEP_ALIVE_IDLE_SECONDS -> constants.tcpKeepidle;
            case KEEP_ALIVE_INTERVAL_SECONDS -> constants.tcpKeepintvl;
            case KEEP_ALIVE_PROBES -> constants.tcpKeepcnt;
            case RESET_AT_CLOSE -> constants.soLinger;
            case RECEIVE_BUFFER_BYTES -> constants.soRcvbuf;
            case SEND_BUFFER_BYTES -> constants.soSndbuf;
            case REUSE_ADDRESS -> constants.soReuseaddr;
            case REUSE_PORT -> constants.soReuseport;
            case TRAFFIC_CLASS -> constants.ipTos;
            case USER_TIMEOUT_MILLIS -> constants.tcpUserTimeout;
            case QUICK_ACKNOWLEDGEMENT -> constants.tcpQuickack;
            case DEFER_ACCEPT_SECONDS -> constants.tcpDeferAccept;
            case FAST_OPEN_QUEUE -> constants.tcpFastopen;
            case FAST_OPEN_CONNECT -> constants.tcpFastopenConnect;
            case INCOMING_CPU -> constants.soIncomingCpu;
            case ZERO_COPY_BYTES -> constants.soZerocopy;
        };
    }
}
