// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client that knows nothing of Millrace: a blocking socket of the JDK.
 *
 * <p>Used by one thread at a time; {@link #playPingPong} takes one of its own. A peer that waits
 * for a server which does not answer gives up after the suite's deadline.
 */
final class PlainPeer implements AutoCloseable {
    private static final int MESSAGE_BYTES = 64;

    private final Socket socket = new Socket();
    private volatile @Nullable Throwable failure;
    private @Nullable Thread player;

    PlainPeer(@Nullable SocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) (LoopRig.DEADLINE_NANOS / 1_000_000));
        if (!(server instanceof InetSocketAddress)) {
            throw new IllegalArgumentException("not where a server listens: " + server);
        }
        socket.connect(server);
    }

    /** Sends; waits if the kernel has no room. */
    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends one byte, from a callback, where there is certainly room for it. */
    void sendOne() {
        try {
            socket.getOutputStream().write(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends one byte out of band, see tcp(7). */
    void sendUrgent(int value) throws IOException {
        socket.sendUrgentData(value);
    }

    /** Waits for so many bytes. */
    byte[] receive(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    /** Sends messages of 64 bytes, each after the echo of the one before, until closed. */
    void playPingPong() {
        Thread thread = new Thread(this::play, "millrace-testkit-peer");
        player = thread;
        thread.setDaemon(true);
        thread.start();
    }

    private void play() {
        try {
            OutputStream output = socket.getOutputStream();
            InputStream input = socket.getInputStream();
            byte[] message = new byte[MESSAGE_BYTES];
            while (!socket.isClosed()) {
                output.write(message);
                new DataInputStream(input).readFully(message);
            }
        } catch (IOException | RuntimeException e) {
            if (!socket.isClosed()) {
                failure = e;
            }
        }
    }

    /** What ended the game before it was closed, or null. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        Thread current = player;
        if (current != null) {
            try {
                current.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
