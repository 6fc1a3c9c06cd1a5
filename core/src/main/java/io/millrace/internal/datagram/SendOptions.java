// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.internal.stream.OptionValues;
import io.millrace.net.UdpSendOptions;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link UdpSendOptions}. */
public final class SendOptions implements UdpSendOptions {
    public static final SendOptions PLAIN = new SendOptions(DatagramInfo.UNKNOWN, null, 0, 0);

    /** What fits into a datagram of IPv4. */
    static final int MOST_BYTES = 65_507;

    private final int trafficClass;
    private final @Nullable InetAddress from;
    private final int interfaceIndex;
    private final int segmentBytes;

    /** The numbers of {@link #from}, which nobody changes. */
    private final DatagramAddress fromNumbers = new DatagramAddress();

    private SendOptions(
            int trafficClass, @Nullable InetAddress from, int interfaceIndex, int segmentBytes) {
        this.segmentBytes = segmentBytes;
        this.trafficClass = trafficClass;
        this.from = from;
        this.interfaceIndex = interfaceIndex;
        if (from != null) {
            fromNumbers.set(new InetSocketAddress(from, 0));
            fromNumbers.ensureNumbers();
        }
    }

    @Override
    public SendOptions trafficClass(int value) {
        return new SendOptions(
                OptionValues.trafficClass(value), from, interfaceIndex, segmentBytes);
    }

    @Override
    public SendOptions from(InetAddress address) {
        Objects.requireNonNull(address, "address");
        return new SendOptions(trafficClass, address, interfaceIndex, segmentBytes);
    }

    @Override
    public SendOptions via(NetworkInterface link) {
        int index = Objects.requireNonNull(link, "link").getIndex();
        return new SendOptions(trafficClass, from, index, segmentBytes);
    }

    @Override
    public SendOptions segmentBytes(int bytes) {
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a segment has from 1 to " + MOST_BYTES + " bytes: " + bytes);
        }
        return new SendOptions(trafficClass, from, interfaceIndex, bytes);
    }

    int segmentBytes() {
        return segmentBytes;
    }

    /**
     * Says so of a datagram.
     *
     * @param destination where it goes
     */
    void applyTo(PendingDatagram datagram, DatagramAddress destination) {
        datagram.trafficClass = trafficClass;
        datagram.interfaceIndex = interfaceIndex;
        if (from != null) {
            datagram.from.set(fromNumbers);
            if (fromNumbers.family() != destination.family() && datagram.refusal == Code.OK) {
                datagram.refusal = Code.INVALID_ARGUMENT;
            }
        }
    }

    @Override
    public String toString() {
        return "UdpSendOptions["
                + (trafficClass == DatagramInfo.UNKNOWN ? "" : "traffic class " + trafficClass)
                + (from == null ? "" : " from " + from)
                + (interfaceIndex == 0 ? "" : " via interface " + interfaceIndex)
                + (segmentBytes == 0 ? "" : " in segments of " + segmentBytes)
                + "]";
    }
}
