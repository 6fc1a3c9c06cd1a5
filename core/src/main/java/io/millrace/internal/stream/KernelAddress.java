// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What an address means, settled before a driver sees it: some would ask the JDK, which has
 * settings and habits of its own, and some the kernel, which knows of neither.
 */
public final class KernelAddress {
    /** The JDK's own setting for sockets that take IPv4 alone. */
    private static final String IPV4_ONLY = "java.net.preferIPv4Stack";

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final boolean IS_IPV4_ONLY = Boolean.getBoolean(IPV4_ONLY);

    private KernelAddress() {}

    /** Where to listen. */
    static InetSocketAddress toListenOn(InetSocketAddress address) throws IoException {
        return usable(address, "listen");
    }

    /** Where to receive datagrams. */
    public static InetSocketAddress toBindTo(InetSocketAddress address) throws IoException {
        return usable(address, "bind");
    }

    /** What a stream is to be bound to before it connects, of whichever kind. */
    static SocketAddress toBindTo(Loop loop, SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress inet) {
            return toBindTo(inet);
        }
        UnixAddress.ensureUsable(loop, address, "bind");
        return address;
    }

    /** The same for who has no loop. */
    public static SocketAddress toBindTo(
            Capabilities capabilities, String backend, SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress) {
            return toBindTo(Connection.resolved(address));
        }
        UnixAddress.ensureUsable(capabilities, backend, UnixAddress.checked(address), "bind");
        return address;
    }

    /** Where to listen, of whichever kind, for who has no loop. */
    public static SocketAddress toListenOn(
            Capabilities capabilities, String backend, SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress) {
            return toListenOn(Connection.resolved(address));
        }
        UnixAddress.ensureUsable(capabilities, backend, UnixAddress.checked(address), "listen");
        return address;
    }

    /** Where to connect to, of whichever kind. */
    static SocketAddress toConnectTo(Loop loop, SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress inet) {
            return toReach(inet, "connect");
        }
        UnixAddress.ensureUsable(loop, address, "connect");
        return address;
    }

    /** The same for who has no loop. */
    public static SocketAddress toConnectTo(
            Capabilities capabilities, String backend, SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress) {
            return toReach(Connection.resolved(address), "connect");
        }
        UnixAddress.ensureUsable(capabilities, backend, UnixAddress.checked(address), "connect");
        return address;
    }

    /** Where to send to or connect to; the wildcard address is this host. */
    public static InetSocketAddress toReach(InetSocketAddress address, String operation)
            throws IoException {
        InetSocketAddress usable = usable(address, operation);
        InetAddress host = usable.getAddress();
        if (!host.isAnyLocalAddress()) {
            return usable;
        }
        byte[] loopback = host instanceof Inet6Address ? LOOPBACK_6 : LOOPBACK;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(loopback), usable.getPort());
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 or 16 bytes always are an address", impossible);
        }
    }

    /** The family of a socket for it. */
    public static StandardProtocolFamily familyOf(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return StandardProtocolFamily.UNIX;
        }
        return inet.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    private static InetSocketAddress usable(InetSocketAddress address, String operation)
            throws IoException {
        if (!(address.getAddress() instanceof Inet6Address host)) {
            return address;
        }
        if (IS_IPV4_ONLY) {
            throw Failures.because(
                    Code.FAMILY_NOT_SUPPORTED,
                    operation,
                    address,
                    "this process takes IPv4 alone, because " + IPV4_ONLY + " is set");
        }
        if (!host.isLinkLocalAddress() || host.getScopeId() != 0) {
            return address;
        }
        return new InetSocketAddress(scoped(host, address, operation), address.getPort());
    }

    /** A link-local address is one of a link, and this host's own tell which. */
    private static InetAddress scoped(
            Inet6Address host, InetSocketAddress address, String operation) throws IoException {
        List<InetAddress> own;
        try {
            own =
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .filter(each -> each.equals(host))
                            .toList();
        } catch (SocketException failure) {
            throw IoException.of(Code.IO_ERROR, operation, address, 0, failure);
        }
        if (own.size() == 1) {
            return own.get(0);
        }
        throw Failures.because(
                Code.INVALID_ARGUMENT,
                operation,
                address,
                (own.isEmpty() ? "no interface of this host has it" : "several interfaces have it")
                        + "; add the interface that leads to it, as in fe80::1%eth0");
    }
}
