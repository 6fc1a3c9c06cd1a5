// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.net.Resolver;
import java.util.Objects;

/**
 * A {@link Resolver} that asks name servers by DNS, on sockets of the loop that asks: no thread
 * waits for one, so any number of look-ups may be under way whose servers are silent.
 *
 * <p>It knows the names of the hosts file, and that {@code localhost} is this host (RFC 6761);
 * makes names longer by search domains; follows aliases; and remembers answers as long as they
 * hold, for all loops. The addresses of a name are in the order of RFC 6724, which depends on the
 * addresses that this host has itself. Both families are asked for at once; if the answer for one
 * does not come, what came for the other is the answer: of IPv4 as soon as that of IPv6 is {@link
 * DnsOptions#resolutionDelay} late (RFC 8305).
 *
 * <p>Failures are as {@link Resolver} says, and tell what threads cannot: {@code EAI_NONAME} is
 * what a server has said, {@code ETIMEDOUT} that none has said anything, {@code EAI_AGAIN} that
 * none could. What else a system's look-up may ask, such as files of its own, mDNS or NIS, is not
 * asked here.
 */
public final class DnsResolver {
    private DnsResolver() {}

    /** Makes one, which must be closed. Any thread. */
    public static Resolver open(DnsOptions options) {
        return open(options, AddressOrder.OF_HOST);
    }

    static Resolver open(DnsOptions options, AddressOrder order) {
        return Resolver.open(new DnsNames(Objects.requireNonNull(options, "options"), order));
    }
}
