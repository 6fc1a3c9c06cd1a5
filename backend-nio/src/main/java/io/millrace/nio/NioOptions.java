// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/**
 * Sets and reads {@link PortOption}s on channels.
 *
 * <p>Some are of the module jdk.net, which need not be there: the channel tells of them if it is,
 * so they are known by their names alone.
 */
final class NioOptions {
    private NioOptions() {}

    /** Which module of the JDK has to be there for an option, and is not; null otherwise. */
    static @Nullable String whyUnsupported(PortOption option) {
        String absent =
                switch (option) {
                    case USER_TIMEOUT_MILLIS -> "TCP_USER_TIMEOUT";
                    case DEFER_ACCEPT_SECONDS -> "TCP_DEFER_ACCEPT";
                    case FAST_OPEN_QUEUE -> "TCP_FASTOPEN";
                    case FAST_OPEN_CONNECT -> "TCP_FASTOPEN_CONNECT";
                    case INCOMING_CPU -> "SO_INCOMING_CPU";
                    case TRAFFIC_CLASS -> "IP_TOS for sockets that listen";
                    default -> null;
                };
        if (option == PortOption.ZERO_COPY_BYTES) {
            return "the JDK has no MSG_ZEROCOPY; on Linux poll, epoll and io_uring have it";
        }
        if (absent != null) {
            return "the JDK has no " + absent + "; on Linux the other backends have it";
        }
        boolean isThere = ModuleLayer.boot().findModule("jdk.net").isPresent();
        return nameOf(option) == null || isThere
                ? null
                : "the module jdk.net is missing: java --add-modules jdk.net";
    }

    /** Null before it is bound, and after its close. */
    static @Nullable SocketAddress localAddress(NetworkChannel channel) {
        try {
            return channel.getLocalAddress();
        } catch (IOException closed) {
            return null;
        }
    }

    static int set(NetworkChannel channel, PortOption option, int value) {
        try {
            SocketOption<Boolean> flag = flagOf(channel, option);
            if (flag != null) {
                return set(channel, flag, value != 0);
            }
            SocketOption<Integer> number = numberOf(channel, option);
            return number == null
                    ? Code.NOT_SUPPORTED
                    : set(channel, number, toJava(option, value));
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        } catch (IllegalArgumentException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    static int get(NetworkChannel channel, PortOption option) {
        try {
            SocketOption<Boolean> flag = flagOf(channel, option);
            if (flag != null) {
                return supports(channel, flag)
                        ? (channel.getOption(flag) ? 1 : 0)
                        : Code.NOT_SUPPORTED;
            }
            SocketOption<Integer> number = numberOf(channel, option);
            return number != null && supports(channel, number)
                    ? ofJava(option, channel.getOption(number))
                    : Code.NOT_SUPPORTED;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        }
    }

    private static <T> int set(NetworkChannel channel, SocketOption<T> option, T value)
            throws IOException {
        if (!supports(channel, option)) {
            return Code.NOT_SUPPORTED;
        }
        channel.setOption(option, value);
        return Code.OK;
    }

    private static boolean supports(NetworkChannel channel, SocketOption<?> option) {
        return channel.supportedOptions().contains(option);
    }

    /** Java lingers for no time, or, with -1, not at all. */
    private static int toJava(PortOption option, int value) {
        return option == PortOption.RESET_AT_CLOSE ? value - 1 : value;
    }

    private static int ofJava(PortOption option, int value) {
        if (option != PortOption.RESET_AT_CLOSE) {
            return value;
        }
        return value == 0 ? 1 : 0;
    }

    private static @Nullable SocketOption<Boolean> flagOf(
            NetworkChannel channel, PortOption option) {
        return switch (option) {
            case NO_DELAY -> StandardSocketOptions.TCP_NODELAY;
            case KEEP_ALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case REUSE_ADDRESS -> StandardSocketOptions.SO_REUSEADDR;
            case REUSE_PORT -> StandardSocketOptions.SO_REUSEPORT;
            case QUICK_ACKNOWLEDGEMENT -> named(channel, option, Boolean.class);
            default -> null;
        };
    }

    private static @Nullable SocketOption<Integer> numberOf(
            NetworkChannel channel, PortOption option) {
        return switch (option) {
            case RESET_AT_CLOSE -> StandardSocketOptions.SO_LINGER;
            case RECEIVE_BUFFER_BYTES -> StandardSocketOptions.SO_RCVBUF;
            case SEND_BUFFER_BYTES -> StandardSocketOptions.SO_SNDBUF;
            case TRAFFIC_CLASS -> StandardSocketOptions.IP_TOS;
            default -> named(channel, option, Integer.class);
        };
    }

    /** What jdk.net calls an option; null if it is not from there. */
    private static @Nullable String nameOf(PortOption option) {
        return switch (option) {
            case KEEP_ALIVE_IDLE_SECONDS -> "TCP_KEEPIDLE";
            case KEEP_ALIVE_INTERVAL_SECONDS -> "TCP_KEEPINTERVAL";
            case KEEP_ALIVE_PROBES -> "TCP_KEEPCOUNT";
            case QUICK_ACKNOWLEDGEMENT -> "TCP_QUICKACK";
            default -> null;
        };
    }

    /**
     * The channel's own option of jdk.net's name, whose values are of a type; null if it has none.
     */
    @SuppressWarnings("unchecked")
    private static <T> @Nullable SocketOption<T> named(
            NetworkChannel channel, PortOption wanted, Class<T> type) {
        String name = nameOf(wanted);
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(name) && option.type() == type) {
                return (SocketOption<T>) option;
            }
        }
        return null;
    }
}
