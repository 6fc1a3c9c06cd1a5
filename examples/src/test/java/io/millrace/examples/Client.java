// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A peer over a plain socket of the JDK: blocking, and so with a deadline for every read. */
final class Client implements AutoCloseable {
    private static final int HANG_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);

    private final Socket socket = new Socket();
    private final InputStream input;

    Client(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /**
     * @param receiveBuffer bytes that the kernel may hold for this peer; 0 for the usual many
     */
    Client(InetSocketAddress address, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.connect(address, HANG_MILLIS);
        socket.setSoTimeout(HANG_MILLIS);
        input = new BufferedInputStream(socket.getInputStream());
    }

    Client send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Client send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Half-closes. */
    Client finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    byte[] read(int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the end after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /** What comes until the server finishes. */
    byte[] readAll() throws IOException {
        return input.readAllBytes();
    }

    /** Up to the line feed, and without it and a carriage return before it. */
    String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("the end after: " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    boolean isAtEnd() throws IOException {
        return input.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
