// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One connection of a {@link RequestLoad}, whatever it speaks. Requests are answered in order. */
abstract class RequestConnection {
    private final RequestLoad load;
    private final int number;
    private final SocketChannel channel;
    private final SelectionKey key;

    /** When the requests under way were sent: request n at {@code n % length}. */
    private final long[] sentNanos;

    private long sentRequests;
    private long answeredRequests;
    private boolean writeBlocked;

    RequestConnection(RequestLoad load, int number, int inFlight) throws IOException {
        this.load = load;
        this.number = number;
        sentNanos = new long[inFlight];
        channel = Connecting.toServer(load.server);
        key = load.register(channel, SelectionKey.OP_READ, this);
    }

    /** Has so many requests more to send. */
    abstract void ask(int requests) throws IOException;

    /** What is to be sent and was not; none if there is nothing. Valid until the next call. */
    abstract ByteBuffer unsent();

    /** The first of the unsent bytes have been sent. */
    abstract void sent(int bytes);

    /** Verifies all that has come; returns how many answers are whole by that. */
    abstract int verify(ByteBuffer bytes) throws IOException;

    final RequestLoad load() {
        return load;
    }

    final void send(int requests, long nowNanos) throws IOException {
        for (int i = 0; i < requests; i++) {
            sentNanos[(int) (sentRequests++ % sentNanos.length)] = nowNanos;
        }
        load.sent(requests);
        ask(requests);
        flush();
    }

    final void endSending() throws IOException {
        channel.shutdownOutput();
    }

    final void ready() throws IOException {
        if (key.isWritable()) {
            flush();
        }
        if (key.isReadable()) {
            receive();
        }
    }

    private void flush() throws IOException {
        ByteBuffer unsent = unsent();
        boolean blocked = false;
        while (unsent.hasRemaining() && !blocked) {
            int length = unsent.remaining();
            int taken = channel.write(unsent);
            sent(taken);
            load.progress();
            blocked = taken < length;
            unsent = unsent();
        }
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
        load.progress();
        int answers = verify(buffer.flip());
        if (answers > 0) {
            answered(answers);
        } else {
            flush();
        }
    }

    private void answered(int answers) throws IOException {
        if (answers > sentRequests - answeredRequests) {
            throw new IOException(this + ": an answer that nobody has asked for");
        }
        long nowNanos = System.nanoTime();
        for (int i = 0; i < answers; i++) {
            int request = (int) (answeredRequests++ % sentNanos.length);
            load.recordLatency(sentNanos[request], nowNanos);
        }
        load.answered(answers);
        if (!load.isFinishing()) {
            send(answers, nowNanos);
        }
    }

    private void end() throws IOException {
        if (!load.isFinishing() || answeredRequests < sentRequests) {
            throw new IOException(this + ": the server has closed it");
        }
        key.cancel();
        channel.close();
        load.ended();
        load.progress();
    }

    @Override
    public final String toString() {
        return "connection " + number;
    }
}
