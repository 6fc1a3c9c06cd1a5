// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.net.AbstractUnixAddress;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;

/**
 * The Unix-domain addresses of a channel, of either kind: the JDK's and Millrace's own, which
 * drivers take, or Netty's, whose path begins with a zero byte if it is an abstract name. A channel
 * that was given one of Netty's is shown all of its addresses in that kind.
 *
 * <p>Netty's are of an artifact, {@code netty-transport-native-unix-common}, that need not be
 * there.
 */
final class DomainAddresses {
    private static final boolean ARE_NETTYS_HERE =
            Present.isHere("io.netty.channel.unix.DomainSocketAddress");

    private volatile boolean areNettys;

    /** The address for a driver. */
    SocketAddress checked(SocketAddress address) {
        SocketAddress known = known(address);
        if (!(known instanceof UnixDomainSocketAddress)
                && !(known instanceof AbstractUnixAddress)) {
            throw new UnsupportedAddressTypeException();
        }
        if (!known.equals(address)) {
            areNettys = true;
        }
        return known;
    }

    /** One of Netty's as a driver knows it; any other as it is. */
    static SocketAddress known(SocketAddress address) {
        return ARE_NETTYS_HERE ? Nettys.known(address) : address;
    }

    /** As the channel's users know it. */
    SocketAddress shown(SocketAddress address) {
        return areNettys ? Nettys.of(address) : address;
    }

    /** In the kind of the one that has accepted the connection. */
    void showAs(DomainAddresses parent) {
        areNettys = parent.areNettys;
    }

    /** Loaded where there is the class. */
    private static final class Nettys {
        private static final String ABSTRACT = "\0";

        static SocketAddress known(SocketAddress address) {
            if (!(address instanceof DomainSocketAddress nettys)) {
                return address;
            }
            String path = nettys.path();
            return path.startsWith(ABSTRACT)
                    ? AbstractUnixAddress.of(path.substring(ABSTRACT.length()))
                    : UnixDomainSocketAddress.of(path);
        }

        static SocketAddress of(SocketAddress address) {
            if (address instanceof AbstractUnixAddress unnamed) {
                String name = new String(unnamed.name(), StandardCharsets.UTF_8);
                return new DomainSocketAddress(ABSTRACT + name);
            }
            return address instanceof UnixDomainSocketAddress unix
                    ? new DomainSocketAddress(unix.getPath().toString())
                    : address;
        }
    }
}
