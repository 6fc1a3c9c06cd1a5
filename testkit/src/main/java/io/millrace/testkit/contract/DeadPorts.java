// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;

/**
 * Ports of the real kernel's that nobody is at, nor can be until they are freed: each is bound, by
 * a socket that hears nobody. One that was only closed may be given to another process at any time.
 */
final class DeadPorts implements AutoCloseable {
    private final Map<InetSocketAddress, AutoCloseable> holders = new HashMap<>();

    /** Connections there are refused: it is bound, and does not listen. */
    InetSocketAddress tcp() throws IOException {
        Socket holder = new Socket();
        // At all addresses, of either family.
        holder.bind(new InetSocketAddress(0));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return held(new InetSocketAddress(loopback, holder.getLocalPort()), holder);
    }

    /** Datagrams there are refused: it hears itself alone. */
    InetSocketAddress udp(InetAddress host) throws IOException {
        DatagramSocket holder = new DatagramSocket(new InetSocketAddress(host, 0));
        InetSocketAddress address = (InetSocketAddress) holder.getLocalSocketAddress();
        holder.connect(address);
        return held(address, holder);
    }

    private InetSocketAddress held(InetSocketAddress address, AutoCloseable holder) {
        holders.put(address, holder);
        return address;
    }

    /** For who is going to be there from now on. */
    void free(InetSocketAddress address) throws IOException {
        AutoCloseable holder = holders.remove(address);
        if (holder != null) {
            close(holder);
        }
    }

    private static void close(AutoCloseable holder) throws IOException {
        try {
            holder.close();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable each : holders.values()) {
            close(each);
        }
        holders.clear();
    }
}
