// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLSession;

/**
 * The load's end of a connection of TLS: an engine and a channel that does not block, and nothing
 * of what is measured. One thread.
 */
final class TlsChannel {
    private static final int RECORD_BYTES = 17 << 10;

    /** What one write makes of a message of 64 KiB fits in. */
    private static final int OUT_BYTES = 6 * RECORD_BYTES;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final SocketChannel channel;

    /** What has come and is not decrypted: to be added to. */
    private final ByteBuffer in = ByteBuffer.allocate(2 * RECORD_BYTES);

    /** What is to be sent: to be added to. */
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);

    private boolean ended;

    /** From then on a server need not say it too: Netty's closes without a word. */
    private boolean hasSaidEnd;

    TlsChannel(SSLEngine engine, SocketChannel channel) throws IOException {
        this.engine = engine;
        this.channel = channel;
        engine.beginHandshake();
    }

    SSLSession session() {
        return engine.getSession();
    }

    /** Whether data may be sent. */
    boolean isShaken() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Encrypts as much as there is room for, and sends as much as the kernel takes. */
    void write(ByteBuffer plain) throws IOException {
        while (plain.hasRemaining() && out.remaining() >= RECORD_BYTES) {
            engine.wrap(plain, out);
        }
        flush();
    }

    /** Whether everything has been sent. */
    boolean flush() throws IOException {
        if (out.position() > 0) {
            channel.write(out.flip());
            out.compact();
        }
        return out.position() == 0;
    }

    /** What the key of this channel is to wait for. */
    int interests() {
        return out.position() > 0
                ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                : SelectionKey.OP_READ;
    }

    /**
     * Decrypts what has come, and goes on with the handshake.
     *
     * @param plain with room for a record at least
     * @return false if the peer has ended
     */
    boolean read(ByteBuffer plain) throws IOException {
        if (in.hasRemaining() && channel.read(in) < 0) {
            if (!ended && !hasSaidEnd) {
                throw new EOFException("the server has closed without close_notify");
            }
            return false;
        }
        in.flip();
        boolean goesOn = true;
        while (goesOn) {
            goesOn =
                    switch (engine.getHandshakeStatus()) {
                        case NEED_TASK -> runTasks();
                        case NEED_WRAP -> answer();
                        default -> plain.remaining() >= RECORD_BYTES && take(plain);
                    };
        }
        in.compact();
        flush();
        return !ended;
    }

    private boolean take(ByteBuffer plain) throws IOException {
        SSLEngineResult result = engine.unwrap(in, plain);
        ended |= result.getStatus() == Status.CLOSED;
        return !ended && (result.bytesConsumed() > 0 || result.bytesProduced() > 0);
    }

    private boolean answer() throws IOException {
        SSLEngineResult result = engine.wrap(NOTHING, out);
        return result.bytesProduced() > 0;
    }

    private boolean runTasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
        return true;
    }

    /** Begins the handshake, or ends the stream: whatever the engine has to say. */
    void speak() throws IOException {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && answer();
        }
        flush();
    }

    /** Says that nothing more comes. */
    void end() throws IOException {
        hasSaidEnd = true;
        engine.closeOutbound();
        speak();
        channel.shutdownOutput();
    }

    void close() throws IOException {
        channel.close();
    }
}
