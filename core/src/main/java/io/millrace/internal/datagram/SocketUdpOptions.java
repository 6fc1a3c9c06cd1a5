// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.internal.stream.OptionValues;
import io.millrace.net.UdpOptions;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.PortOption;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link UdpOptions}. */
public final class SocketUdpOptions implements UdpOptions {
    private static final int MOST_HOPS = 255;

    private final LoopUdpSocket socket;

    SocketUdpOptions(LoopUdpSocket socket) {
        this.socket = socket;
    }

    @Override
    public SocketUdpOptions broadcast(boolean on) {
        return set(DatagramOption.BROADCAST, on ? 1 : 0);
    }

    @Override
    public boolean broadcast() {
        return get(DatagramOption.BROADCAST) != 0;
    }

    @Override
    public SocketUdpOptions trafficClass(int value) {
        return set(DatagramOption.TRAFFIC_CLASS, OptionValues.trafficClass(value));
    }

    @Override
    public int trafficClass() {
        return get(DatagramOption.TRAFFIC_CLASS);
    }

    @Override
    public SocketUdpOptions timeToLive(int hops) {
        return set(DatagramOption.TIME_TO_LIVE, hopsFrom(1, hops));
    }

    @Override
    public int timeToLive() {
        return get(DatagramOption.TIME_TO_LIVE);
    }

    @Override
    public SocketUdpOptions multicastTimeToLive(int hops) {
        return set(DatagramOption.MULTICAST_TIME_TO_LIVE, hopsFrom(0, hops));
    }

    @Override
    public int multicastTimeToLive() {
        return get(DatagramOption.MULTICAST_TIME_TO_LIVE);
    }

    private static int hopsFrom(int least, int hops) {
        if (hops < least || hops > MOST_HOPS) {
            throw new IllegalArgumentException(
                    "a time to live is from " + least + " to " + MOST_HOPS + ": " + hops);
        }
        return hops;
    }

    @Override
    public SocketUdpOptions multicastLoop(boolean on) {
        return set(DatagramOption.MULTICAST_LOOP, on ? 1 : 0);
    }

    @Override
    public boolean multicastLoop() {
        return get(DatagramOption.MULTICAST_LOOP) != 0;
    }

    @Override
    public SocketUdpOptions multicastInterface(NetworkInterface link) {
        return set(
                DatagramOption.MULTICAST_INTERFACE,
                Objects.requireNonNull(link, "link").getIndex());
    }

    @Override
    public @Nullable NetworkInterface multicastInterface() {
        int index = get(DatagramOption.MULTICAST_INTERFACE);
        try {
            return index == 0 ? null : NetworkInterface.getByIndex(index);
        } catch (SocketException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public SocketUdpOptions packetInfo(boolean on) {
        return set(DatagramOption.RECEIVE_PACKET_INFO, on ? 1 : 0);
    }

    @Override
    public boolean packetInfo() {
        return get(DatagramOption.RECEIVE_PACKET_INFO) != 0;
    }

    @Override
    public SocketUdpOptions receiveTrafficClass(boolean on) {
        return set(DatagramOption.RECEIVE_TRAFFIC_CLASS, on ? 1 : 0);
    }

    @Override
    public boolean receiveTrafficClass() {
        return get(DatagramOption.RECEIVE_TRAFFIC_CLASS) != 0;
    }

    @Override
    public SocketUdpOptions receiveErrors(boolean on) {
        set(DatagramOption.RECEIVE_ERRORS, on ? 1 : 0);
        socket.receivesErrors = on;
        return this;
    }

    @Override
    public boolean receiveErrors() {
        return get(DatagramOption.RECEIVE_ERRORS) != 0;
    }

    @Override
    public SocketUdpOptions coalesce(boolean on) {
        DatagramOption option = DatagramOption.RECEIVE_COALESCED;
        int result = socket.openPort("options").setOption(option, on ? 1 : 0);
        boolean isUnknown = result == Code.NOT_SUPPORTED || result == Code.OPTION_NOT_AVAILABLE;
        if (!isUnknown) {
            ensureSuccess(option, result);
        }
        return this;
    }

    @Override
    public SocketUdpOptions receiveBufferSize(int bytes) {
        return set(PortOption.RECEIVE_BUFFER_BYTES, OptionValues.bufferBytes(bytes));
    }

    @Override
    public int receiveBufferSize() {
        return get(PortOption.RECEIVE_BUFFER_BYTES);
    }

    @Override
    public SocketUdpOptions sendBufferSize(int bytes) {
        return set(PortOption.SEND_BUFFER_BYTES, OptionValues.bufferBytes(bytes));
    }

    @Override
    public int sendBufferSize() {
        return get(PortOption.SEND_BUFFER_BYTES);
    }

    private SocketUdpOptions set(PortOption option, int value) {
        ensureSuccess(option, socket.openPort("options").setOption(option, value));
        return this;
    }

    private int get(PortOption option) {
        return ensureSuccess(option, socket.openPort("options").getOption(option));
    }

    private SocketUdpOptions set(DatagramOption option, int value) {
        ensureSuccess(
                option, explained(option, socket.openPort("options").setOption(option, value)));
        return this;
    }

    private int get(DatagramOption option) {
        return ensureSuccess(
                option, explained(option, socket.openPort("options").getOption(option)));
    }

    /** The result, unless the engine has more to say of it. */
    private int explained(DatagramOption option, int result) {
        DatagramEngine engine = socket.loop().driver.datagrams();
        String why =
                result == Code.NOT_SUPPORTED && engine != null
                        ? engine.whyUnsupported(option)
                        : null;
        if (why != null) {
            throw new UncheckedIOException(IoException.because(result, "option " + option, why));
        }
        return result;
    }

    private int ensureSuccess(Enum<?> option, int result) {
        if (result < 0) {
            throw new UncheckedIOException(
                    IoException.of(result, "option " + option, socket.localAddress()));
        }
        return result;
    }
}
