// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Blocking threads on the other side of a flood, each in a loop of its own until it is over. What
 * ends one before is an error of the flood's, and is kept.
 */
final class Peers implements AutoCloseable {
    /** What a thread does again and again. */
    interface Work {
        void once() throws Exception;
    }

    /** What a connected thread does again and again. */
    interface Role {
        void once(Socket socket) throws IOException;
    }

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    boolean isOver() {
        return over;
    }

    /** What went wrong before it was over. */
    List<Throwable> failures() {
        return failures;
    }

    void start(Work work) {
        Thread thread = new Thread(() -> repeat(work), "millrace-testkit-flood");
        threads.add(thread);
        thread.setDaemon(true);
        thread.start();
    }

    void connect(SocketAddress server, Role role) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        socket.connect(server);
        start(() -> role.once(socket));
    }

    private void repeat(Work work) {
        try {
            while (!over) {
                work.once();
            }
        } catch (Exception failure) {
            if (!over) {
                failures.add(failure);
            }
        }
    }

    /** Throws away what has come. */
    static Role drains() {
        byte[] bytes = new byte[1 << 20];
        return socket -> {
            if (socket.getInputStream().read(bytes) < 0) {
                throw new IOException("the flood has ended");
            }
        };
    }

    /** Sends so many bytes at a time, as fast as they go. */
    static Role sends(int count) {
        byte[] bytes = new byte[count];
        return socket -> socket.getOutputStream().write(bytes);
    }

    @Override
    public void close() throws IOException {
        over = true;
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Thread thread : threads) {
            thread.interrupt();
        }
    }
}
