// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import io.netty.channel.ChannelException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The socket options of a channel: kept until there is a socket, and set on it from then on.
 *
 * <p>Any thread may set and ask. A socket belongs to its loop, so on another thread a value is set
 * a little later, and what was never set is known only once the loop has asked for it.
 */
final class PortOptions {
    private final MillraceChannel channel;
    private final Map<PortOption, Integer> known = new EnumMap<>(PortOption.class);

    PortOptions(MillraceChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws ChannelException if the socket refuses
     */
    void set(PortOption option, int value) {
        SocketPort port = channel.portHere();
        if (port != null) {
            ensure(port.setOption(option, value), option, value);
            remember(option, value);
            return;
        }
        remember(option, value);
        if (channel.isRegistered()) {
            channel.eventLoop().execute(() -> setLater(option, value));
        }
    }

    void set(PortOption option, boolean on) {
        set(option, on ? 1 : 0);
    }

    private void setLater(PortOption option, int value) {
        SocketPort port = channel.portHere();
        if (port != null) {
            setOrTell(port, option, value);
        }
    }

    /** What the socket has; what was set while there is none, or where it cannot be asked. */
    int get(PortOption option, int unknown) {
        SocketPort port = channel.portHere();
        if (port != null) {
            int value = port.getOption(option);
            if (value >= 0) {
                return value;
            }
        }
        synchronized (known) {
            return known.getOrDefault(option, unknown);
        }
    }

    boolean isOn(PortOption option) {
        return get(option, 0) != 0;
    }

    /** There is a socket now. What it refuses is told and passed over, as Netty does. */
    void applyTo(SocketPort port) {
        synchronized (known) {
            known.forEach((option, value) -> setOrTell(port, option, value));
        }
    }

    /** For this socket alone. What it refuses is told and passed over. */
    void setOrTell(SocketPort port, PortOption option, int value) {
        int result = port.setOption(option, value);
        if (result < 0) {
            MillraceIoHandler.tell(
                    "an option was not set on " + channel, refusal(result, option, value));
        }
    }

    private void remember(PortOption option, int value) {
        synchronized (known) {
            known.put(option, value);
        }
    }

    private void ensure(int result, PortOption option, int value) {
        if (result < 0) {
            throw new ChannelException(refusal(result, option, value));
        }
    }

    private IoException refusal(int code, PortOption option, int value) {
        MillraceIoHandler handler = channel.handler();
        String why = handler == null ? null : why(handler, code, option);
        String operation = "option " + option + " = " + value;
        return why == null
                ? IoException.of(code, operation, null)
                : IoException.because(code, operation, why);
    }

    private static @Nullable String why(MillraceIoHandler handler, int code, PortOption option) {
        return code == Code.NOT_SUPPORTED ? handler.driver().whyUnsupported(option) : null;
    }
}
