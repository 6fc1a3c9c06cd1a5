// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.reactor.RawDatagrams;
import java.net.SocketAddress;

/** Datagram sockets by libc's calls. One per loop, on its thread. */
public final class LibcDatagrams implements RawDatagrams {
    private final SocketCalls sockets;
    private final SocketOptions options;
    private final Platform platform;
    private final DescriptorLimit limit;
    private final DatagramCalls calls;
    private final DatagramOptions extras;

    LibcDatagrams(
            SystemCalls systemCalls,
            SocketCalls sockets,
            SocketOptions options,
            Platform platform,
            DescriptorLimit limit) {
        this.sockets = sockets;
        this.options = options;
        this.platform = platform;
        this.limit = limit;
        calls = new DatagramCalls(systemCalls, sockets, platform);
        extras = new DatagramOptions(systemCalls, options, platform);
    }

    @Override
    public LibcDatagram bind(DatagramSpec spec) throws IoException {
        int family = sockets.family(spec.address());
        int fd = sockets.datagramSocket(family);
        check(fd, "socket", spec.address());
        try {
            limit.check(fd, "bind");
            configure(fd, family, spec);
            check(sockets.bind(fd, family, spec.address()), "bind", spec.address());
            return new LibcDatagram(
                    calls,
                    sockets,
                    options,
                    extras,
                    family,
                    family == platform.constants().afInet6,
                    fd);
        } catch (Throwable failure) {
            sockets.close(fd);
            throw failure;
        }
    }

    private void configure(int fd, int family, DatagramSpec spec) throws IoException {
        SocketConstants names = platform.constants();
        if (family == names.afInet6 && names.ipv6V6only != SocketConstants.ABSENT) {
            set(fd, names.ipprotoIpv6, names.ipv6V6only, spec.inet6Only() ? 1 : 0, spec);
        }
        extras.hearOwnGroupsOnly(fd, family == names.afInet6);
        if (spec.reuseAddress()) {
            set(fd, names.solSocket, names.soReuseaddr, 1, spec);
            if (platform.system().isBsd()) {
                set(fd, names.solSocket, names.soReuseport, 1, spec);
            }
        }
        if (spec.reusePort()) {
            set(fd, names.solSocket, names.soReuseportBalanced, 1, spec);
        }
    }

    private void set(int fd, int level, int option, int value, DatagramSpec spec)
            throws IoException {
        check(options.set(fd, level, option, value), "setsockopt for bind", spec.address());
    }

    private static void check(int result, String operation, SocketAddress address)
            throws IoException {
        if (result < Code.OK) {
            throw IoException.of(result, operation, address);
        }
    }
}
