// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import java.net.InetAddress;
import java.util.List;

/**
 * Looks names up without blocking, by handles of the loop that asks: what {@link
 * Resolver#open(LoopNameLookup)} makes a resolver of. That sees to addresses as text, to what
 * cannot be a name, to deadlines, and that each look-up ends once and later.
 *
 * <p>Called on the thread of the loop, which it must not block; several loops may use one. Whatever
 * it throws is the failure of that look-up. {@link Lookup#cancel} is called on the loop's thread
 * when nobody waits any more, also when it has ended.
 */
public interface LoopNameLookup {
    /**
     * Begins to look for the addresses of a host.
     *
     * @param host as it goes over the wire: of ASCII letters, see {@link java.net.IDN}
     * @return whose answer is at least one address, best first; a {@link
     *     java.net.UnknownHostException} says that there is none, with {@code EAI_NONAME}
     */
    Lookup<List<InetAddress>> addresses(EventLoop loop, String host);

    /** Begins to look for the name of an address; there may be none, as for {@link #addresses}. */
    Lookup<String> name(EventLoop loop, InetAddress address);
}
