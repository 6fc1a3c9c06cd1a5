// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Sets and reads {@link PortOption}s on channels. */
final class NioOptions {
    private NioOptions() {}

    static int set(NetworkChannel channel, PortOption option, int value) {
        try {
            SocketOption<Boolean> flag = flagOf(option);
            if (flag != null) {
                return set(channel, flag, value != 0);
            }
            return set(channel, numberOf(option), value - bias(option));
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.INVALID_ARGUMENT);
        } catch (IllegalArgumentException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    static int get(NetworkChannel channel, PortOption option) {
        try {
            SocketOption<Boolean> flag = flagOf(option);
            if (flag != null) {
                return supports(channel, flag)
                        ? (channel.getOption(flag) ? 1 : 0)
                        : Code.NOT_SUPPORTED;
            }
            SocketOption<Integer> number = numberOf(option);
            return supports(channel, number)
                    ? channel.getOption(number) + bias(option)
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

    /** Java says -1 for no lingering where we say 0. */
    private static int bias(PortOption option) {
        return option == PortOption.LINGER_SECONDS_PLUS_ONE ? 1 : 0;
    }

    private static @Nullable SocketOption<Boolean> flagOf(PortOption option) {
        return switch (option) {
            case NO_DELAY -> StandardSocketOptions.TCP_NODELAY;
            case KEEP_ALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            default -> null;
        };
    }

    private static SocketOption<Integer> numberOf(PortOption option) {
        return switch (option) {
            case KEEP_ALIVE_IDLE_SECONDS -> ExtendedSocketOptions.TCP_KEEPIDLE;
            case KEEP_ALIVE_INTERVAL_SECONDS -> ExtendedSocketOptions.TCP_KEEPINTERVAL;
            case KEEP_ALIVE_PROBES -> ExtendedSocketOptions.TCP_KEEPCOUNT;
            case LINGER_SECONDS_PLUS_ONE -> StandardSocketOptions.SO_LINGER;
            case RECEIVE_BUFFER_BYTES -> StandardSocketOptions.SO_RCVBUF;
            case SEND_BUFFER_BYTES -> StandardSocketOptions.SO_SNDBUF;
            case NO_DELAY, KEEP_ALIVE -> throw new AssertionError(option);
        };
    }
}
