// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.PortOption;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration of a TCP channel. */
final class SocketConfig extends MillraceChannelConfig implements SocketChannelConfig {
    private static final int NO_LINGER = -1;

    private volatile int linger = NO_LINGER;
    private volatile boolean allowHalfClosure;

    /** Counts when it connects with something to send. */
    private volatile boolean fastOpen;

    SocketConfig(MillraceSocketChannel channel) {
        super(channel);
        // As for Netty's other transports.
        options.set(PortOption.NO_DELAY, true);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                ChannelOption.SO_RCVBUF,
                ChannelOption.SO_SNDBUF,
                ChannelOption.TCP_NODELAY,
                ChannelOption.SO_KEEPALIVE,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.SO_LINGER,
                ChannelOption.ALLOW_HALF_CLOSURE,
                ChannelOption.IP_TOS,
                ChannelOption.TCP_FASTOPEN_CONNECT,
                MillraceChannelOption.TCP_KEEPIDLE,
                MillraceChannelOption.TCP_KEEPINTVL,
                MillraceChannelOption.TCP_KEEPCNT);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        Object value = value(nameOf(option));
        return value == null ? super.getOption(option) : (T) value;
    }

    private @Nullable Object value(String name) {
        return switch (name) {
            case "SO_RCVBUF" -> getReceiveBufferSize();
            case "SO_SNDBUF" -> getSendBufferSize();
            case "TCP_NODELAY" -> isTcpNoDelay();
            case "SO_KEEPALIVE" -> isKeepAlive();
            case "SO_REUSEADDR" -> isReuseAddress();
            case "SO_LINGER" -> getSoLinger();
            case "ALLOW_HALF_CLOSURE" -> isAllowHalfClosure();
            case "IP_TOS" -> getTrafficClass();
            case "TCP_FASTOPEN_CONNECT" -> isFastOpen();
            case "TCP_USER_TIMEOUT" -> options.get(PortOption.USER_TIMEOUT_MILLIS, 0);
            case "TCP_QUICKACK" -> options.isOn(PortOption.QUICK_ACKNOWLEDGEMENT);
            case "TCP_KEEPIDLE" -> options.get(PortOption.KEEP_ALIVE_IDLE_SECONDS, 0);
            case "TCP_KEEPINTVL" -> options.get(PortOption.KEEP_ALIVE_INTERVAL_SECONDS, 0);
            case "TCP_KEEPCNT" -> options.get(PortOption.KEEP_ALIVE_PROBES, 0);
            default -> null;
        };
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        switch (nameOf(option)) {
            case "SO_RCVBUF" -> setReceiveBufferSize((Integer) value);
            case "SO_SNDBUF" -> setSendBufferSize((Integer) value);
            case "TCP_NODELAY" -> setTcpNoDelay((Boolean) value);
            case "SO_KEEPALIVE" -> setKeepAlive((Boolean) value);
            case "SO_REUSEADDR" -> setReuseAddress((Boolean) value);
            case "SO_LINGER" -> setSoLinger((Integer) value);
            case "ALLOW_HALF_CLOSURE" -> setAllowHalfClosure((Boolean) value);
            case "IP_TOS" -> setTrafficClass((Integer) value);
            case "TCP_FASTOPEN_CONNECT" -> fastOpen = (Boolean) value;
            case "TCP_USER_TIMEOUT" -> options.set(PortOption.USER_TIMEOUT_MILLIS, (Integer) value);
            case "TCP_QUICKACK" -> options.set(PortOption.QUICK_ACKNOWLEDGEMENT, (Boolean) value);
            case "TCP_KEEPIDLE" -> options.set(PortOption.KEEP_ALIVE_IDLE_SECONDS, (Integer) value);
            case "TCP_KEEPINTVL" ->
                    options.set(PortOption.KEEP_ALIVE_INTERVAL_SECONDS, (Integer) value);
            case "TCP_KEEPCNT" -> options.set(PortOption.KEEP_ALIVE_PROBES, (Integer) value);
            default -> {
                return super.setOption(option, value);
            }
        }
        return true;
    }

    boolean isFastOpen() {
        return fastOpen;
    }

    @Override
    public boolean isTcpNoDelay() {
        return options.isOn(PortOption.NO_DELAY);
    }

    @Override
    public SocketChannelConfig setTcpNoDelay(boolean on) {
        options.set(PortOption.NO_DELAY, on);
        return this;
    }

    @Override
    public int getSoLinger() {
        return linger;
    }

    /**
     * 0 makes the close a reset. The system sends what is unsent in the background in any other
     * case: a close never waits for that, however long it may.
     */
    @Override
    public SocketChannelConfig setSoLinger(int seconds) {
        options.set(PortOption.RESET_AT_CLOSE, seconds == 0);
        linger = Math.max(seconds, NO_LINGER);
        return this;
    }

    @Override
    public SocketChannelConfig setSendBufferSize(int bytes) {
        options.set(PortOption.SEND_BUFFER_BYTES, bytes);
        return this;
    }

    @Override
    public SocketChannelConfig setReceiveBufferSize(int bytes) {
        options.set(PortOption.RECEIVE_BUFFER_BYTES, bytes);
        return this;
    }

    @Override
    public boolean isKeepAlive() {
        return options.isOn(PortOption.KEEP_ALIVE);
    }

    @Override
    public SocketChannelConfig setKeepAlive(boolean on) {
        options.set(PortOption.KEEP_ALIVE, on);
        return this;
    }

    @Override
    public int getTrafficClass() {
        return options.get(PortOption.TRAFFIC_CLASS, 0);
    }

    @Override
    public SocketChannelConfig setTrafficClass(int trafficClass) {
        options.set(PortOption.TRAFFIC_CLASS, trafficClass);
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return options.isOn(PortOption.REUSE_ADDRESS);
    }

    /** Counts when the channel is bound before it connects. */
    @Override
    public SocketChannelConfig setReuseAddress(boolean on) {
        options.set(PortOption.REUSE_ADDRESS, on);
        return this;
    }

    /** No kernel knows of such preferences. */
    @Override
    public SocketChannelConfig setPerformancePreferences(
            int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public SocketChannelConfig setAllowHalfClosure(boolean allowed) {
        allowHalfClosure = allowed;
        return this;
    }

    @Override
    public SocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public SocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public SocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public SocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public SocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public SocketChannelConfig setAutoRead(boolean on) {
        super.setAutoRead(on);
        return this;
    }

    @Override
    public SocketChannelConfig setAutoClose(boolean on) {
        super.setAutoClose(on);
        return this;
    }

    @Override
    public SocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public SocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }
}
