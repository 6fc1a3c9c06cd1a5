// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;

/** The JDK's exception for an address without a number, but with the name and what to do. */
final class UnresolvedHostException extends UnresolvedAddressException {
    private static final long serialVersionUID = 1L;

    private final String host;

    UnresolvedHostException(InetSocketAddress address) {
        host = address.getHostString() + ":" + address.getPort();
    }

    @Override
    public String getMessage() {
        return host
                + " is not resolved, and a loop does not look up names, which would block it:"
                + " make the address with new InetSocketAddress(host, port) on another thread,"
                + " such as in EventLoop.work, and see whether the name was found";
    }
}
