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
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final TcpStream stream;
    private final Map<PortOption, Integer> remembered = new EnumMap<>(PortOption.class);
    private @Nullable IoException refusal;

    /** What {@link #linger} is set to; the system hears of zero only. */
    private @Nullable Duration lingering;

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
     * after {@code probes} without answer the connection fails. The times are at least one second
     * and rounded up to whole ones. {@code EOPNOTSUPP} names what is missing: on {@code nio} that
     * may be the module jdk.net.
     */
    public TcpOptions keepAlive(Duration idle, Duration interval, int probes) {
        if (probes < 1) {
            throw new IllegalArgumentException("probes must be at least 1: " + probes);
        }
        int idleSeconds = secondsFrom(1, Short.MAX_VALUE, "idle", idle);
        int intervalSeconds = secondsFrom(1, Short.MAX_VALUE, "interval", interval);
        set(PortOption.KEEP_ALIVE_PROBES, probes);
        set(PortOption.KEEP_ALIVE_INTERVAL_SECONDS, intervalSeconds);
        set(PortOption.KEEP_ALIVE_IDLE_SECONDS, idleSeconds);
        return set(PortOption.KEEP_ALIVE, 1);
    }

    /**
     * What a close makes of bytes that the kernel has taken and not yet delivered. Zero discards
     * them and sends a reset. Any other time delivers them in the background, as null does, the
     * initial state: SO_LINGER would have close(2) wait, and the loop with it, and deliver no more
     * than that. To hear that everything was sent, {@link TcpStream#shutdown} before the close.
     *
     * <p>A socket that was adopted by its descriptor is kept from waiting in the same way.
     *
     * @param time at most 32766 seconds, rounded up to whole ones
     */
    public TcpOptions linger(@Nullable Duration time) {
        Duration rounded =
                time == null
                        ? null
                        : Duration.ofSeconds(secondsFrom(0, Short.MAX_VALUE - 1, "linger", time));
        set(PortOption.RESET_AT_CLOSE, rounded != null && rounded.isZero() ? 1 : 0);
        lingering = rounded;
        return this;
    }

    public @Nullable Duration linger() {
        return get(PortOption.RESET_AT_CLOSE) != 0 ? Duration.ZERO : lingering;
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

    /** The time in seconds, of which the system wants whole ones: never shorter than asked for. */
    private static int secondsFrom(int least, int most, String name, Duration time) {
        if (time.compareTo(Duration.ofSeconds(least)) < 0
                || time.compareTo(Duration.ofSeconds(most)) > 0) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + " seconds: " + time);
        }
        return (int) time.plusNanos(NANOS_PER_SECOND - 1).toSeconds();
    }
}
