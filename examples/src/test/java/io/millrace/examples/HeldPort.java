// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port for a server that cannot take any and say which: bound here, so that the system gives it
 * to nobody, and by a socket that does not listen, so that one that asks for it by number, with
 * SO_REUSEADDR as servers do, can listen there. A port that was only free a moment ago may be
 * another's when the server gets to it.
 *
 * <p>Linux allows that. Elsewhere the port is let go of when it is asked for.
 */
final class HeldPort implements AutoCloseable {
    private final Socket holder = new Socket();
    private final int port;

    HeldPort() throws IOException {
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress(0));
        port = holder.getLocalPort();
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            holder.close();
        }
    }

    int number() {
        return port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }

    @Override
    public String toString() {
        return String.valueOf(port);
    }
}
