// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import com.sun.management.ThreadMXBean;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Tells whoever connects how many bytes the threads of this virtual machine have allocated on its
 * heap, but for the thread that tells it. Between two questions it sleeps.
 */
final class AllocationTeller implements AutoCloseable {
    private static final int ANSWER_MILLIS = 10_000;

    private final ServerSocket listener;

    private AllocationTeller(ServerSocket listener) {
        this.listener = listener;
    }

    static AllocationTeller start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        AllocationTeller teller = new AllocationTeller(new ServerSocket(0, 1, loopback));
        Thread thread = new Thread(teller::tell, "allocation");
        thread.setDaemon(true);
        thread.start();
        return teller;
    }

    /** Asks the one at {@code port}. */
    static long ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            return new DataInputStream(socket.getInputStream()).readLong();
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    private void tell() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                new DataOutputStream(socket.getOutputStream()).writeLong(allocated(threads));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    System.err.println("nobody was told what was allocated: " + e);
                }
            }
        }
    }

    private static long allocated(ThreadMXBean threads) {
        long[] all = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(all);
        long own = Thread.currentThread().getId();
        long sum = 0;
        for (int i = 0; i < all.length; i++) {
            // A thread that has just ended has no number any more.
            sum += all[i] == own ? 0 : Math.max(0, bytes[i]);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
