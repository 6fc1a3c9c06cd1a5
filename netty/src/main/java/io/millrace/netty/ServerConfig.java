// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.PortOption;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.NetUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server. What concerns its socket counts when it is bound, and is read at
 * that moment.
 */
final class ServerConfig extends MillraceChannelConfig implements ServerSocketChannelConfig {
    private volatile int backlog = NetUtil.SOMAXCONN;
    private volatile boolean reuseAddress = true;
    private volatile boolean reusePort;
    private volatile int receiveBufferBytes;

    ServerConfig(MillraceChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator());
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                ChannelOption.SO_RCVBUF,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.SO_BACKLOG,
                MillraceChannelOption.SO_REUSEPORT);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        Object value =
                switch (nameOf(option)) {
                    case "SO_RCVBUF" -> getReceiveBufferSize();
                    case "SO_REUSEADDR" -> isReuseAddress();
                    case "SO_REUSEPORT" -> isReusePort();
                    case "SO_BACKLOG" -> getBacklog();
                    case "TCP_FASTOPEN" -> options.get(PortOption.FAST_OPEN_QUEUE, 0);
                    case "TCP_DEFER_ACCEPT" -> options.get(PortOption.DEFER_ACCEPT_SECONDS, 0);
                    default -> null;
                };
        return value == null ? super.getOption(option) : (T) value;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        switch (nameOf(option)) {
            case "SO_RCVBUF" -> setReceiveBufferSize((Integer) value);
            case "SO_REUSEADDR" -> setReuseAddress((Boolean) value);
            case "SO_REUSEPORT" -> reusePort = (Boolean) value;
            case "SO_BACKLOG" -> setBacklog((Integer) value);
            case "TCP_FASTOPEN" -> options.set(PortOption.FAST_OPEN_QUEUE, (Integer) value);
            case "TCP_DEFER_ACCEPT" ->
                    options.set(PortOption.DEFER_ACCEPT_SECONDS, (Integer) value);
            default -> {
                return super.setOption(option, value);
            }
        }
        return true;
    }

    boolean isReusePort() {
        return reusePort;
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    @Override
    public ServerSocketChannelConfig setBacklog(int connections) {
        if (connections < 0) {
            throw new IllegalArgumentException("a backlog is not negative: " + connections);
        }
        backlog = connections;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public ServerSocketChannelConfig setReuseAddress(boolean on) {
        reuseAddress = on;
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveBufferBytes;
    }

    /** Of accepted connections. */
    @Override
    public ServerSocketChannelConfig setReceiveBufferSize(int bytes) {
        receiveBufferBytes = bytes;
        return this;
    }

    /** No kernel knows of such preferences. */
    @Override
    public ServerSocketChannelConfig setPerformancePreferences(
            int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public ServerSocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ServerSocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAutoRead(boolean on) {
        super.setAutoRead(on);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }
}
