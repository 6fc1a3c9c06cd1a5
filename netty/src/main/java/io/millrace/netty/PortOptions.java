// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import io.netty.channel.ChannelException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
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
    private final Map<SystemOption, Integer> numbered = new LinkedHashMap<>();

    PortOptions(MillraceChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws ChannelException if the socket refuses
     */
    void set(PortOption option, int value) {
        set(known, option, value, port -> port.setOption(option, value));
    }

    void set(PortOption option, boolean on) {
        set(option, on ? 1 : 0);
    }

    /** The same of an option that is known by its numbers. */
    void set(SystemOption option, int value) {
        set(numbered, option, value, port -> port.setOption(option.with(value)));
    }

    private <T> void set(
            Map<T, Integer> values, T option, int value, ToIntFunction<SocketPort> setting) {
        SocketPort port = channel.portHere();
        if (port != null) {
            int result = setting.applyAsInt(port);
            if (result < 0) {
                throw new ChannelException(refusal(result, option, value));
            }
        }
        synchronized (known) {
            values.put(option, value);
        }
        if (port == null && channel.isRegistered()) {
            channel.eventLoop().execute(() -> setLater(option, value, setting));
        }
    }

    private void setLater(Object option, int value, ToIntFunction<SocketPort> setting) {
        SocketPort port = channel.portHere();
        if (port != null) {
            tellIfRefused(setting.applyAsInt(port), option, value);
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

    /** The same of an option that is known by its numbers, 0 if it was never set or asked. */
    int get(SystemOption option) {
        SocketPort port = channel.portHere();
        int[] value = new int[1];
        if (port != null && port.getOption(option.level(), option.name(), value) == Code.OK) {
            return value[0];
        }
        synchronized (known) {
            return numbered.getOrDefault(option, 0);
        }
    }

    /** There is a socket now. What it refuses is told and passed over, as Netty does. */
    void applyTo(SocketPort port) {
        synchronized (known) {
            known.forEach((option, value) -> setOrTell(port, option, value));
            numbered.forEach(
                    (option, value) ->
                            tellIfRefused(port.setOption(option.with(value)), option, value));
        }
    }

    /** What a listener is to have before it is bound. */
    List<NumberedOption> byNumber() {
        synchronized (known) {
            return numbered.entrySet().stream()
                    .map(each -> each.getKey().with(each.getValue()))
                    .toList();
        }
    }

    /** For this socket alone. What it refuses is told and passed over. */
    void setOrTell(SocketPort port, PortOption option, int value) {
        tellIfRefused(port.setOption(option, value), option, value);
    }

    private void tellIfRefused(int result, Object option, int value) {
        if (result < 0) {
            MillraceIoHandler.tell(
                    "an option was not set on " + channel, refusal(result, option, value));
        }
    }

    private IoException refusal(int code, Object option, int value) {
        MillraceIoHandler handler = channel.handler();
        String why = handler == null ? null : why(handler, code, option);
        String operation = "option " + option + " = " + value;
        return why == null
                ? IoException.of(code, operation, null)
                : IoException.because(code, operation, why);
    }

    private static @Nullable String why(MillraceIoHandler handler, int code, Object option) {
        if (code != Code.NOT_SUPPORTED) {
            return null;
        }
        return option instanceof PortOption known
                ? handler.driver().whyUnsupported(known)
                : "backend " + handler.backend().name() + " has no descriptors";
    }
}
