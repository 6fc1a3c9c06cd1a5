// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.net.NameLookup;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The JDK's way with names, in the words of {@link NameLookup}. */
public final class SystemNames implements NameLookup {
    public static final SystemNames INSTANCE = new SystemNames();

    private SystemNames() {}

    @Override
    public List<InetAddress> addresses(String host) throws IOException {
        return List.of(InetAddress.getAllByName(host));
    }

    /** Asks with an address that carries no name: one that it has would be taken at its word. */
    @Override
    public String name(InetAddress address) throws IOException {
        InetAddress bare =
                address instanceof Inet6Address scoped
                        ? Inet6Address.getByAddress(null, scoped.getAddress(), scoped.getScopeId())
                        : InetAddress.getByAddress(address.getAddress());
        String name = bare.getCanonicalHostName();
        if (name.equals(bare.getHostAddress())) {
            throw new UnknownHostException("it has no name");
        }
        return name;
    }
}
