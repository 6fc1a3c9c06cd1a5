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
 * hold, for all loops. The addresses of a name are those of IPv6 first, each family in the order of
 * its answer. Both are asked for at once; if the answer for one does not come, what came for the
 * other is the answer.
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
        return Resolver.open(new DnsNames(Objects.requireNonNull(options, "options")));
    }
}
