// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.Port;
import io.millrace.spi.PortOption;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The socket options of one {@link TcpStream}, see tcp(7) and socket(7). Loop thread only.
 *
 * <p>They may be set before there is a socket: then they are remembered, and a value the system
 * refuses fails the connect. Afterwards they take effect at once, and such a value is an {@link
 * UncheckedIOException} with an {@link IoException} as its cause. When the socket is gone, because
 * the connect failed or the stream was closed, every method is an {@link IllegalStateException}.
 */
public final class TcpOptions {
    private final TcpStream stream;
    private final Map<PortOption, Integer> remembered = new EnumMap<>(PortOption.class);
    private @Nullable IoException refusal;

    TcpOptions(TcpStream stream) {
        this.stream = stream;
    }

    /** TCP_NODELAY: small writes leave at once. On unless turned off. */
    public TcpOptions noDelay(boolean on) {
        return set(PortOption.NO_DELAY, on ? 1 : 0);
    }

    public boolean noDelay() {
        return get(PortOption.NO_DELAY) != 0;
    }

    /** SO_KEEPALIVE with the system's times. */
    public TcpOptions keepAlive(boolean on) {
        return set(PortOption.KEEP_ALIVE, on ? 1 : 0);
    }

    public boolean keepAlive() {
        return get(PortOption.KEEP_ALIVE) != 0;
    }

    /**
     * Turns keep-alive on: after {@code idle} without traffic a probe every {@code interval}, and
     * after {@code probes} without answer the connection fails. Whole seconds, at least one. {@code
     * EOPNOTSUPP} names what is missing: on {@code nio} that may be the module jdk.net.
     */
    public TcpOptions keepAlive(Duration idle, Duration interval, int probes) {
        if (probes < 1) {
            throw new IllegalArgumentException("probes must be at least 1: " + probes);
        }
        int idleSeconds = wholeSeconds("idle", idle);
        int intervalSeconds = wholeSeconds("interval", interval);
        set(PortOption.KEEP_ALIVE_IDLE_SECONDS, idleSeconds);
        set(PortOption.KEEP_ALIVE_INTERVAL_SECONDS, intervalSeconds);
        set(PortOption.KEEP_ALIVE_PROBES, probes);
        return set(PortOption.KEEP_ALIVE, 1);
    }

    /**
     * SO_LINGER: how long the kernel tries to deliver what is unsent at the close; zero discards it
     * and sends a reset. Null, the initial state, delivers in the background without limit.
     */
    public TcpOptions linger(@Nullable Duration time) {
        if (time == null) {
            return set(PortOption.LINGER_SECONDS_PLUS_ONE, 0);
        }
        if (time.isNegative() || time.toSeconds() >= Short.MAX_VALUE) {
            throw new IllegalArgumentException("linger must be 0 to 32766 seconds: " + time);
        }
        return set(PortOption.LINGER_SECONDS_PLUS_ONE, (int) time.toSeconds() + 1);
    }

    public @Nullable Duration linger() {
        int value = get(PortOption.LINGER_SECONDS_PLUS_ONE);
        return value == 0 ? null : Duration.ofSeconds(value - 1L);
    }

    /** SO_RCVBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    public TcpOptions receiveBufferSize(int bytes) {
        return set(PortOption.RECEIVE_BUFFER_BYTES, atLeastOne(bytes));
    }

    public int receiveBufferSize() {
        return get(PortOption.RECEIVE_BUFFER_BYTES);
    }

    /** SO_SNDBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    public TcpOptions sendBufferSize(int bytes) {
        return set(PortOption.SEND_BUFFER_BYTES, atLeastOne(bytes));
    }

    public int sendBufferSize() {
        return get(PortOption.SEND_BUFFER_BYTES);
    }

    /** There is a socket: applies what was remembered. The first failure, or OK. */
    int applyTo(Port newPort) {
        for (Map.Entry<PortOption, Integer> option : remembered.entrySet()) {
            int result = newPort.setOption(option.getKey(), option.getValue());
            if (result < 0) {
                refusal = explained(option.getKey(), result);
                return result;
            }
        }
        return Code.OK;
    }

    /** Why the last {@link #applyTo} failed, if there is more to say than its code. */
    @Nullable IoException refusal() {
        return refusal;
    }

    private @Nullable IoException explained(PortOption option, int result) {
        String why =
                result == Code.NOT_SUPPORTED ? stream.loop().driver.whyUnsupported(option) : null;
        return why == null ? null : IoException.because(result, "option " + option, why);
    }

    private TcpOptions set(PortOption option, int value) {
        Port port = stream.connection.socketFor("options");
        if (port == null) {
            remembered.put(option, value);
        } else {
            ensureSuccess(option, port.setOption(option, value));
        }
        return this;
    }

    private int get(PortOption option) {
        Port port = stream.connection.socketFor("options");
        if (port == null) {
            Integer value = remembered.get(option);
            if (value == null) {
                throw new IllegalStateException(
                        option + " is not known before " + stream + " has a socket; connect first");
            }
            return value;
        }
        return ensureSuccess(option, port.getOption(option));
    }

    private int ensureSuccess(PortOption option, int result) {
        if (result < 0) {
            IoException explained = explained(option, result);
            throw new UncheckedIOException(
                    explained == null
                            ? stream.connection.failure("option " + option, result)
                            : explained);
        }
        return result;
    }

    private static int atLeastOne(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a buffer must have at least 1 byte: " + bytes);
        }
        return bytes;
    }

    private static int wholeSeconds(String name, Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 1 || seconds > Short.MAX_VALUE) {
            throw new IllegalArgumentException(name + " must be 1 to 32767 seconds: " + time);
        }
        return (int) seconds;
    }
}
