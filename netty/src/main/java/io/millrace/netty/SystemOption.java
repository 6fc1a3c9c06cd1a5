// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.NumberedOption;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option that goes to the socket by the system's own numbers: what Netty's native transports
 * have on Linux by name, see tcp(7), ip(7) and socket(7), and whatever an {@code
 * IntegerUnixChannelOption} says.
 *
 * @param label as it is called
 * @param level and {@code name}: its numbers
 * @param type of its values, which are integers to the system
 */
record SystemOption(String label, int level, int name, Class<?> type) {
    private static final boolean IS_LINUX = System.getProperty("os.name", "").startsWith("Linux");

    private static final long MOST_UNSIGNED = 0xFFFFFFFFL;

    private static final int IP = 0;
    private static final int SOCKET = 1;
    private static final int TCP = 6;

    /** Those that only sockets of streams have, before they are bound or after. */
    private static final List<SystemOption> OF_STREAMS =
            List.of(
                    new SystemOption("TCP_CORK", TCP, 3, Boolean.class),
                    new SystemOption("TCP_NOTSENT_LOWAT", TCP, 25, Long.class),
                    new SystemOption("IP_FREEBIND", IP, 15, Boolean.class),
                    new SystemOption("IP_TRANSPARENT", IP, 19, Boolean.class),
                    new SystemOption("IP_BIND_ADDRESS_NO_PORT", IP, 24, Boolean.class),
                    new SystemOption("SO_BUSY_POLL", SOCKET, 46, Integer.class));

    private static final List<SystemOption> OF_DATAGRAMS =
            List.of(
                    new SystemOption("IP_MULTICAST_ALL", IP, 49, Boolean.class),
                    new SystemOption("SO_BUSY_POLL", SOCKET, 46, Integer.class));

    private static final boolean HAVE_NUMBERS =
            Present.isHere("io.netty.channel.unix.IntegerUnixChannelOption");

    /** The one that is meant, or null: it is none of the system's, or none that is known here. */
    static @Nullable SystemOption of(ChannelOption<?> option, boolean ofDatagrams) {
        if (IS_LINUX) {
            String name = MillraceChannelConfig.nameOf(option);
            for (SystemOption each : ofDatagrams ? OF_DATAGRAMS : OF_STREAMS) {
                if (each.label.equals(name)) {
                    return each;
                }
            }
        }
        return HAVE_NUMBERS ? Numbered.of(option) : null;
    }

    NumberedOption with(int value) {
        return new NumberedOption(level, name, value);
    }

    int toInt(Object value) {
        if (value instanceof Boolean on) {
            return on ? 1 : 0;
        }
        if (!(value instanceof Long wide)) {
            return (Integer) value;
        }
        if (wide < 0 || wide > MOST_UNSIGNED) {
            throw new IllegalArgumentException(label + ": " + wide + " is not of 32 bits");
        }
        return wide.intValue();
    }

    Object toValue(int value) {
        if (type == Boolean.class) {
            return value != 0;
        }
        return type == Long.class ? (Object) Integer.toUnsignedLong(value) : (Object) value;
    }

    @Override
    public String toString() {
        return label;
    }

    /** Loaded where there is the class. */
    private static final class Numbered {
        static @Nullable SystemOption of(ChannelOption<?> option) {
            return option instanceof IntegerUnixChannelOption numbered
                    ? new SystemOption(
                            numbered.name(), numbered.level(), numbered.optname(), Integer.class)
                    : null;
        }
    }
}
