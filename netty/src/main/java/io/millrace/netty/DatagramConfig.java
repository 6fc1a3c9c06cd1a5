// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.PortOption;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a datagram channel. What is set while there is no socket, or on another
 * thread than its own, is set on it later, as {@link PortOptions} does it.
 */
final class DatagramConfig extends MillraceChannelConfig implements DatagramChannelConfig {
    private static final int GUESSED_BYTES = 2048;
    private static final int DEFAULT_TIME_TO_LIVE = 1;

    private final MillraceDatagramChannel owner;
    private final Map<DatagramOption, Integer> known = new EnumMap<>(DatagramOption.class);
    private volatile boolean reuseAddress;
    private volatile boolean reusePort;
    private volatile boolean activeOnRegistration;

    DatagramConfig(MillraceDatagramChannel channel) {
        super(channel, new FixedRecvByteBufAllocator(GUESSED_BYTES));
        owner = channel;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own transports list it as well
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                ChannelOption.SO_BROADCAST,
                ChannelOption.SO_RCVBUF,
                ChannelOption.SO_SNDBUF,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.IP_MULTICAST_LOOP_DISABLED,
                ChannelOption.IP_MULTICAST_ADDR,
                ChannelOption.IP_MULTICAST_IF,
                ChannelOption.IP_MULTICAST_TTL,
                ChannelOption.IP_TOS,
                ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION,
                MillraceChannelOption.SO_REUSEPORT);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        return switch (nameOf(option)) {
            case "IP_MULTICAST_ADDR" -> (T) getInterface();
            case "IP_MULTICAST_IF" -> (T) getNetworkInterface();
            default -> {
                Object value = value(nameOf(option));
                yield value == null ? super.getOption(option) : (T) value;
            }
        };
    }

    private @Nullable Object value(String name) {
        return switch (name) {
            case "SO_BROADCAST" -> isBroadcast();
            case "SO_RCVBUF" -> getReceiveBufferSize();
            case "SO_SNDBUF" -> getSendBufferSize();
            case "SO_REUSEADDR" -> isReuseAddress();
            case "SO_REUSEPORT" -> isReusePort();
            case "IP_MULTICAST_LOOP_DISABLED" -> isLoopbackModeDisabled();
            case "IP_MULTICAST_TTL" -> getTimeToLive();
            case "IP_TOS" -> getTrafficClass();
            case "UDP_GRO" -> get(DatagramOption.RECEIVE_COALESCED, 0) != 0;
            case "DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION" -> activeOnRegistration;
            default -> null;
        };
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        switch (nameOf(option)) {
            case "SO_BROADCAST" -> setBroadcast((Boolean) value);
            case "SO_RCVBUF" -> setReceiveBufferSize((Integer) value);
            case "SO_SNDBUF" -> setSendBufferSize((Integer) value);
            case "SO_REUSEADDR" -> setReuseAddress((Boolean) value);
            case "SO_REUSEPORT" -> reusePort = (Boolean) value;
            case "IP_MULTICAST_LOOP_DISABLED" -> setLoopbackModeDisabled((Boolean) value);
            case "IP_MULTICAST_ADDR" -> setInterface((InetAddress) value);
            case "IP_MULTICAST_IF" -> setNetworkInterface((NetworkInterface) value);
            case "IP_MULTICAST_TTL" -> setTimeToLive((Integer) value);
            case "IP_TOS" -> setTrafficClass((Integer) value);
            case "UDP_GRO" -> set(DatagramOption.RECEIVE_COALESCED, (Boolean) value ? 1 : 0);
            case "DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION" ->
                    activeOnRegistration = (Boolean) value;
            default -> {
                return super.setOption(option, value);
            }
        }
        return true;
    }

    @Override
    boolean isOfDatagrams() {
        return true;
    }

    boolean isActiveOnRegistration() {
        return activeOnRegistration;
    }

    boolean isReusePort() {
        return reusePort;
    }

    /** There is a socket now. What it refuses is told and passed over, as Netty does. */
    void applyTo(DatagramPort port) {
        options.applyTo(port);
        synchronized (known) {
            for (Map.Entry<DatagramOption, Integer> each : known.entrySet()) {
                int result = port.setOption(each.getKey(), each.getValue());
                if (result < 0) {
                    MillraceIoHandler.tell(
                            "an option was not set on " + owner,
                            refusal(result, each.getKey(), each.getValue()));
                }
            }
        }
    }

    private @Nullable DatagramPort portHere() {
        return (DatagramPort) owner.portHere();
    }

    private void set(DatagramOption option, int value) {
        DatagramPort port = portHere();
        if (port != null) {
            int result = port.setOption(option, value);
            if (result < 0) {
                throw new ChannelException(refusal(result, option, value));
            }
        }
        synchronized (known) {
            known.put(option, value);
        }
        if (port == null && owner.isRegistered()) {
            owner.eventLoop().execute(() -> setLater(option, value));
        }
    }

    private void setLater(DatagramOption option, int value) {
        DatagramPort port = portHere();
        int result = port == null ? Code.OK : port.setOption(option, value);
        if (result < 0) {
            MillraceIoHandler.tell(
                    "an option was not set on " + owner, refusal(result, option, value));
        }
    }

    private int get(DatagramOption option, int unknown) {
        DatagramPort port = portHere();
        int value = port == null ? -1 : port.getOption(option);
        if (value >= 0) {
            return value;
        }
        synchronized (known) {
            return known.getOrDefault(option, unknown);
        }
    }

    private IoException refusal(int code, DatagramOption option, int value) {
        MillraceIoHandler handler = owner.handler();
        DatagramEngine engine = handler == null ? null : handler.driver().datagrams();
        String why =
                engine == null || code != Code.NOT_SUPPORTED ? null : engine.whyUnsupported(option);
        String operation = "option " + option + " = " + value;
        return why == null
                ? IoException.of(code, operation, null)
                : IoException.because(code, operation, why);
    }

    @Override
    public DatagramChannelConfig setSendBufferSize(int bytes) {
        options.set(PortOption.SEND_BUFFER_BYTES, bytes);
        return this;
    }

    @Override
    public DatagramChannelConfig setReceiveBufferSize(int bytes) {
        options.set(PortOption.RECEIVE_BUFFER_BYTES, bytes);
        return this;
    }

    @Override
    public int getTrafficClass() {
        return get(DatagramOption.TRAFFIC_CLASS, 0);
    }

    @Override
    public DatagramChannelConfig setTrafficClass(int trafficClass) {
        set(DatagramOption.TRAFFIC_CLASS, trafficClass);
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    /** Counts when the channel is bound. */
    @Override
    public DatagramChannelConfig setReuseAddress(boolean on) {
        reuseAddress = on;
        return this;
    }

    @Override
    public boolean isBroadcast() {
        return get(DatagramOption.BROADCAST, 0) != 0;
    }

    @Override
    public DatagramChannelConfig setBroadcast(boolean on) {
        set(DatagramOption.BROADCAST, on ? 1 : 0);
        return this;
    }

    @Override
    public boolean isLoopbackModeDisabled() {
        return get(DatagramOption.MULTICAST_LOOP, 1) == 0;
    }

    @Override
    public DatagramChannelConfig setLoopbackModeDisabled(boolean off) {
        set(DatagramOption.MULTICAST_LOOP, off ? 0 : 1);
        return this;
    }

    @Override
    public int getTimeToLive() {
        return get(DatagramOption.MULTICAST_TIME_TO_LIVE, DEFAULT_TIME_TO_LIVE);
    }

    @Override
    public DatagramChannelConfig setTimeToLive(int hops) {
        set(DatagramOption.MULTICAST_TIME_TO_LIVE, hops);
        return this;
    }

    /** An address of the interface by which multicasts leave, or null for the system's choice. */
    @Override
    public @Nullable InetAddress getInterface() {
        NetworkInterface link = getNetworkInterface();
        if (link == null) {
            return null;
        }
        Enumeration<InetAddress> addresses = link.getInetAddresses();
        return addresses.hasMoreElements() ? addresses.nextElement() : null;
    }

    @Override
    public DatagramChannelConfig setInterface(InetAddress address) {
        try {
            NetworkInterface link = NetworkInterface.getByInetAddress(address);
            if (link == null) {
                throw new ChannelException("no interface has the address " + address);
            }
            return setNetworkInterface(link);
        } catch (SocketException failure) {
            throw new ChannelException(failure);
        }
    }

    @Override
    public @Nullable NetworkInterface getNetworkInterface() {
        int index = get(DatagramOption.MULTICAST_INTERFACE, 0);
        try {
            return index <= 0 ? null : NetworkInterface.getByIndex(index);
        } catch (SocketException failure) {
            throw new ChannelException(failure);
        }
    }

    @Override
    public DatagramChannelConfig setNetworkInterface(NetworkInterface link) {
        set(DatagramOption.MULTICAST_INTERFACE, link.getIndex());
        return this;
    }

    @Override
    public DatagramChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public DatagramChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public DatagramChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public DatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public DatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public DatagramChannelConfig setAutoRead(boolean on) {
        super.setAutoRead(on);
        return this;
    }

    @Override
    public DatagramChannelConfig setAutoClose(boolean on) {
        super.setAutoClose(on);
        return this;
    }

    @Override
    public DatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public DatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }
}
