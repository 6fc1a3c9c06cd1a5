// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.Failures;
import io.millrace.spi.reactor.RawDatagram;
import io.millrace.spi.reactor.RawDatagrams;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** Opens datagram channels, for one loop. */
final class NioDatagrams implements RawDatagrams {
    /** More than any datagram has, so that none is cut that is received into so much. */
    private static final int MOST_BYTES = 64 << 10;

    private @Nullable ByteBuffer whole;

    @Override
    public RawDatagram bind(DatagramSpec spec) throws IoException {
        boolean six = spec.address().getAddress() instanceof Inet6Address;
        if (six && spec.inet6Only()) {
            throw Failures.because(
                    Code.NOT_SUPPORTED,
                    "bind",
                    spec.address(),
                    "the JDK's IPv6 sockets take IPv4 as well; another backend can leave it out");
        }
        try {
            DatagramChannel channel =
                    DatagramChannel.open(
                            six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
            try {
                channel.configureBlocking(false);
                configure(channel, spec);
                channel.bind(spec.address());
                return new NioDatagram(this, channel);
            } catch (Throwable failure) {
                channel.close();
                throw failure;
            }
        } catch (IoException e) {
            throw e;
        } catch (IOException e) {
            int code = NioErrors.codeOf(e, Code.IO_ERROR);
            throw IoException.of(code, "bind", spec.address(), 0, e);
        } catch (UnsupportedOperationException e) {
            throw IoException.of(Code.FAMILY_NOT_SUPPORTED, "bind", spec.address(), 0, e);
        }
    }

    private static void configure(DatagramChannel channel, DatagramSpec spec) throws IOException {
        if (spec.reuseAddress()) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        if (spec.reusePort()) {
            if (!channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                throw IoException.because(
                        Code.NOT_SUPPORTED, "bind", "this system has no SO_REUSEPORT");
            }
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
    }

    @Override
    public String whyUnsupported(DatagramOption option) {
        return "java.nio has no such option; the other backends have";
    }

    /** The interface with this index, or that which a group is heard on if nobody says; or null. */
    static @Nullable NetworkInterface interfaceAt(int index, InetAddress group)
            throws SocketException {
        if (index != 0) {
            return NetworkInterface.getByIndex(index);
        }
        boolean six = group instanceof Inet6Address;
        NetworkInterface last = null;
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            boolean fits = each.isUp() && each.supportsMulticast() && hasAddress(each, six);
            if (fits && !each.isLoopback()) {
                return each;
            }
            last = fits ? each : last;
        }
        return last;
    }

    private static boolean hasAddress(NetworkInterface link, boolean six) {
        return link.inetAddresses().anyMatch(each -> each instanceof Inet6Address == six);
    }

    /**
     * Room for the longest datagram, empty: where a chunk is smaller. The JDK does not say that it
     * has cut one.
     */
    ByteBuffer whole() {
        ByteBuffer memory = whole;
        if (memory == null) {
            memory = DirectMemory.allocate(MOST_BYTES);
            whole = memory;
        }
        return memory.clear();
    }
}
