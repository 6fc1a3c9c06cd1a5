// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.internal.name.SystemNames;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * Looks names up, and blocks meanwhile: what a {@link Resolver} does on its threads. Several of
 * them call it at once. It is not asked about what is an address already.
 */
public interface NameLookup {
    /**
     * The JDK's, by {@link InetAddress#getAllByName} and {@link InetAddress#getCanonicalHostName}:
     * with the system's hosts file, search list and services, the JDK's cache, and whatever
     * provider is installed there.
     */
    static NameLookup system() {
        return SystemNames.INSTANCE;
    }

    /**
     * The addresses of a host, best first.
     *
     * @param host as it goes over the wire: of ASCII letters, see {@link java.net.IDN}
     * @throws IOException if there is none; a {@link java.net.UnknownHostException} says so with
     *     {@code EAI_NONAME}
     */
    List<InetAddress> addresses(String host) throws IOException;

    /**
     * The name of an address.
     *
     * @throws IOException if there is none, as for {@link #addresses}
     */
    String name(InetAddress address) throws IOException;
}
