// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.net.TcpOptions;
import io.millrace.net.UnixOptions;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link TcpOptions}, and of {@link UnixOptions}, which are fewer. */
public final class SocketStreamOptions implements TcpOptions, UnixOptions {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** What most streams remember, and share: a map of its own would be a fifth of an idle one. */
    private static final Map<PortOption, Integer> USUAL = Map.of(PortOption.NO_DELAY, 1);

    private final SocketStream stream;

    /** What is known before there is a socket; copied for a change. */
    private Map<PortOption, Integer> remembered = Map.of();

    private @Nullable IoException refusal;

    /** What {@link #linger} is set to; the system hears of zero only. */
    private @Nullable Duration lingering;

    SocketStreamOptions(SocketStream stream) {
        this.stream = stream;
    }

    @Override
    public SocketStreamOptions noDelay(boolean on) {
        return set(PortOption.NO_DELAY, on ? 1 : 0);
    }

    @Override
    public boolean noDelay() {
        return get(PortOption.NO_DELAY) != 0;
    }

    @Override
    public SocketStreamOptions keepAlive(boolean on) {
        return set(PortOption.KEEP_ALIVE, on ? 1 : 0);
    }

    @Override
    public boolean keepAlive() {
        return get(PortOption.KEEP_ALIVE) != 0;
    }

    @Override
    public SocketStreamOptions keepAlive(Duration idle, Duration interval, int probes) {
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

    @Override
    public SocketStreamOptions linger(@Nullable Duration time) {
        Duration rounded =
                time == null
                        ? null
                        : Duration.ofSeconds(secondsFrom(0, Short.MAX_VALUE - 1, "linger", time));
        set(PortOption.RESET_AT_CLOSE, rounded != null && rounded.isZero() ? 1 : 0);
        lingering = rounded;
        return this;
    }

    @Override
    public @Nullable Duration linger() {
        return get(PortOption.RESET_AT_CLOSE) != 0 ? Duration.ZERO : lingering;
    }

    @Override
    public SocketStreamOptions receiveBufferSize(int bytes) {
        return set(PortOption.RECEIVE_BUFFER_BYTES, atLeastOne(bytes));
    }

    @Override
    public int receiveBufferSize() {
        return get(PortOption.RECEIVE_BUFFER_BYTES);
    }

    @Override
    public SocketStreamOptions sendBufferSize(int bytes) {
        return set(PortOption.SEND_BUFFER_BYTES, atLeastOne(bytes));
    }

    @Override
    public int sendBufferSize() {
        return get(PortOption.SEND_BUFFER_BYTES);
    }

    /** There is a socket: applies what was remembered. The first failure, or OK. */
    int applyTo(SocketPort newPort) {
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

    private SocketStreamOptions set(PortOption option, int value) {
        SocketPort port = stream.connection.socketFor("options");
        if (port == null) {
            remember(option, value);
        } else {
            ensureSuccess(option, port.setOption(option, value));
        }
        return this;
    }

    private void remember(PortOption option, int value) {
        Map<PortOption, Integer> more = new EnumMap<>(PortOption.class);
        more.putAll(remembered);
        more.put(option, value);
        remembered = more.equals(USUAL) ? USUAL : more;
    }

    private int get(PortOption option) {
        SocketPort port = stream.connection.socketFor("options");
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
