// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.internal.loop.Loop;
import io.millrace.net.TcpOptions;
import io.millrace.net.UnixOptions;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link TcpOptions}, and of {@link UnixOptions}, which are fewer. */
public final class SocketStreamOptions implements TcpOptions, UnixOptions {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NANOS_PER_MILLISECOND = 1_000_000;

    /** What most streams remember, and share: a map of its own would be a fifth of an idle one. */
    private static final Map<PortOption, Integer> USUAL = Map.of(PortOption.NO_DELAY, 1);

    private final SocketStream stream;

    /** What is known before there is a socket; copied for a change. */
    private Map<PortOption, Integer> remembered = Map.of();

    /** The same by the system's numbers, which few streams have. */
    private List<NumberedOption> rememberedByNumber = List.of();

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
        return set(PortOption.RECEIVE_BUFFER_BYTES, OptionValues.bufferBytes(bytes));
    }

    @Override
    public int receiveBufferSize() {
        return get(PortOption.RECEIVE_BUFFER_BYTES);
    }

    @Override
    public SocketStreamOptions sendBufferSize(int bytes) {
        return set(PortOption.SEND_BUFFER_BYTES, OptionValues.bufferBytes(bytes));
    }

    @Override
    public int sendBufferSize() {
        return get(PortOption.SEND_BUFFER_BYTES);
    }

    @Override
    public SocketStreamOptions reuseAddress(boolean on) {
        return set(PortOption.REUSE_ADDRESS, on ? 1 : 0);
    }

    @Override
    public boolean reuseAddress() {
        return get(PortOption.REUSE_ADDRESS) != 0;
    }

    @Override
    public SocketStreamOptions reusePort(boolean on) {
        return set(PortOption.REUSE_PORT, on ? 1 : 0);
    }

    @Override
    public boolean reusePort() {
        return get(PortOption.REUSE_PORT) != 0;
    }

    @Override
    public SocketStreamOptions trafficClass(int value) {
        return set(PortOption.TRAFFIC_CLASS, OptionValues.trafficClass(value));
    }

    @Override
    public int trafficClass() {
        return get(PortOption.TRAFFIC_CLASS);
    }

    @Override
    public SocketStreamOptions userTimeout(Duration time) {
        long millis = Objects.requireNonNull(time, "time").toMillis();
        if (time.isNegative() || millis > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the user timeout is 0 to " + Integer.MAX_VALUE + " milliseconds: " + time);
        }
        boolean isLess = time.toNanosPart() % NANOS_PER_MILLISECOND != 0;
        return set(PortOption.USER_TIMEOUT_MILLIS, (int) millis + (isLess ? 1 : 0));
    }

    @Override
    public Duration userTimeout() {
        return Duration.ofMillis(get(PortOption.USER_TIMEOUT_MILLIS));
    }

    @Override
    public SocketStreamOptions quickAcknowledgement(boolean on) {
        return set(PortOption.QUICK_ACKNOWLEDGEMENT, on ? 1 : 0);
    }

    @Override
    public boolean quickAcknowledgement() {
        return get(PortOption.QUICK_ACKNOWLEDGEMENT) != 0;
    }

    @Override
    public SocketStreamOptions fastOpen(boolean on) {
        return set(PortOption.FAST_OPEN_CONNECT, on ? 1 : 0);
    }

    @Override
    public boolean fastOpen() {
        return get(PortOption.FAST_OPEN_CONNECT) != 0;
    }

    @Override
    public SocketStreamOptions zeroCopyBytes(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("zeroCopyBytes must not be negative: " + bytes);
        }
        return set(PortOption.ZERO_COPY_BYTES, bytes);
    }

    @Override
    public int zeroCopyBytes() {
        return get(PortOption.ZERO_COPY_BYTES);
    }

    @Override
    public int incomingCpu() {
        return get(PortOption.INCOMING_CPU);
    }

    @Override
    public SocketStreamOptions option(int level, int name, int value) {
        SocketPort port = stream.connection.socketFor("options");
        NumberedOption option = new NumberedOption(level, name, value);
        ensureNumbers(option);
        if (port == null) {
            List<NumberedOption> more = new ArrayList<>(rememberedByNumber);
            more.removeIf(each -> each.isOf(level, name));
            more.add(option);
            rememberedByNumber = List.copyOf(more);
        } else {
            ensureSuccess(option.toString(), port.setOption(option));
        }
        return this;
    }

    @Override
    public int option(int level, int name) {
        SocketPort port = stream.connection.socketFor("options");
        NumberedOption option = new NumberedOption(level, name, 0);
        ensureNumbers(option);
        if (port == null) {
            return rememberedByNumber.stream()
                    .filter(each -> each.isOf(level, name))
                    .mapToInt(NumberedOption::value)
                    .findFirst()
                    .orElseThrow(() -> unknown(option.toString()));
        }
        int[] value = new int[1];
        ensureSuccess(option.toString(), port.getOption(level, name, value));
        return value[0];
    }

    private void ensureNumbers(NumberedOption option) {
        Loop loop = stream.loop();
        if (!loop.capabilities.descriptors()) {
            throw new UncheckedIOException(noNumbers(loop, option));
        }
    }

    /** Whoever has descriptors can be told anything of them. */
    static IoException noNumbers(Loop loop, NumberedOption option) {
        return IoException.because(
                Code.NOT_SUPPORTED,
                option.toString(),
                "backend "
                        + loop.backend().name()
                        + " has no descriptors, and so no options by number");
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
        for (NumberedOption option : rememberedByNumber) {
            int result = newPort.setOption(option);
            if (result < 0) {
                refusal = IoException.of(result, option.toString(), null);
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
                throw unknown(option.toString());
            }
            return value;
        }
        return ensureSuccess(option, port.getOption(option));
    }

    private IllegalStateException unknown(String option) {
        return new IllegalStateException(
                option
                        + " is not known before "
                        + stream
                        + " has a socket; connect, or bind, first");
    }

    private void ensureSuccess(String option, int result) {
        if (result < 0) {
            throw new UncheckedIOException(stream.connection.failure(option, result));
        }
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
