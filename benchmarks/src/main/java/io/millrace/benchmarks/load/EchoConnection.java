// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection of an {@link EchoLoad}. Its messages are consecutive pieces of one stream, so
 * several of them leave in one write.
 *
 * <p>Invariant: {@code read <= written <= queued}, all counted in bytes since it was opened.
 */
final class EchoConnection {
    /** Lets each connection begin elsewhere in the payload, so that mixed up ones differ. */
    private static final long STRIDE = 65_537;

    private final EchoLoad load;
    private final int number;
    private final int messageBytes;
    private final long origin;
    private final SocketChannel channel;
    private final SelectionKey key;

    /** When the messages under way were sent: message n at {@code n % length}. */
    private final long[] sentNanos;

    private long sentMessages;
    private long answeredMessages;
    private long queued;
    private long written;
    private long read;
    private boolean writeBlocked;

    EchoConnection(EchoLoad load, int number, int messageBytes, int inFlight) throws IOException {
        this.load = load;
        this.number = number;
        this.messageBytes = messageBytes;
        origin = number * STRIDE;
        sentNanos = new long[inFlight];
        channel = Connecting.toServer(load.server);
        key = load.register(channel, SelectionKey.OP_READ, this);
    }

    void send(int messages, long nowNanos) throws IOException {
        for (int i = 0; i < messages; i++) {
            sentNanos[(int) (sentMessages++ % sentNanos.length)] = nowNanos;
        }
        load.sent(messages);
        queued += (long) messages * messageBytes;
        flush();
    }

    void endSending() throws IOException {
        channel.shutdownOutput();
    }

    void ready() throws IOException {
        if (key.isWritable()) {
            flush();
        }
        if (key.isReadable()) {
            receive();
        }
    }

    private void flush() throws IOException {
        while (written < queued) {
            int length = (int) Math.min(queued - written, Payload.LONGEST);
            int taken = channel.write(load.payload.at(origin + written, length));
            written += taken;
            load.progress();
            if (taken < length) {
                break;
            }
        }
        boolean blocked = written < queued;
        if (blocked != writeBlocked) {
            writeBlocked = blocked;
            key.interestOps(
                    blocked ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private void receive() throws IOException {
        ByteBuffer buffer = load.received.clear();
        int count = channel.read(buffer);
        if (count < 0) {
            end();
            return;
        }
        verify(buffer.flip());
        read += count;
        load.progress();
        int answered = (int) (read / messageBytes - answeredMessages);
        if (answered > 0) {
            answered(answered);
        }
    }

    private void verify(ByteBuffer bytes) throws IOException {
        if (read + bytes.remaining() > written) {
            throw new IOException(this + ": the server sent more bytes than it was sent");
        }
        if (!load.payload.matches(bytes, origin + read)) {
            throw new IOException(
                    this + ": wrong bytes among the " + bytes.remaining() + " after " + read);
        }
    }

    private void answered(int messages) throws IOException {
        long nowNanos = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            int message = (int) (answeredMessages++ % sentNanos.length);
            load.recordLatency(sentNanos[message], nowNanos);
        }
        load.answered(messages);
        if (!load.isFinishing()) {
            send(messages, nowNanos);
        }
    }

    private void end() throws IOException {
        if (!load.isFinishing() || read < queued) {
            throw new IOException(this + ": the server has closed it");
        }
        key.cancel();
        channel.close();
        load.ended();
        load.progress();
    }

    @Override
    public String toString() {
        return "connection " + number;
    }
}
