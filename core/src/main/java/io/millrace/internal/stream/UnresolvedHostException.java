// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;

/** The JDK's exception for an address without a number, but with the name and what to do. */
public final class UnresolvedHostException extends UnresolvedAddressException {
    private static final long serialVersionUID = 1L;

    private final String host;

    public UnresolvedHostException(InetSocketAddress address) {
        host = address.getHostString() + ":" + address.getPort();
    }

    @Override
    public String getMessage() {
        return host
                + " is not resolved, and to look the name up here would block the loop:"
                + " connect by TcpStream.connect(loop, host, port), or ask a Resolver";
    }
}
