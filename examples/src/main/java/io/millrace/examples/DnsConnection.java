// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A client that asks by TCP: each message has its length before it, any number may be under way,
 * and each is answered when its answer is there, see RFC 7766.
 */
final class DnsConnection implements ReadHandler {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int LENGTH_BYTES = 2;

    /** Of one client; the next ones wait in the kernel. */
    private static final int MOST_UNDER_WAY = 64;

    /** A client that takes no answers is left when so many wait for it. */
    private static final long MOST_QUEUED_BYTES = 1 << 20;

    private final DnsForwarder forwarder;
    private final ByteStream stream;

    /** The length of the next message, or the message itself, as far as it has come. */
    private byte[] message = new byte[LENGTH_BYTES];

    private int count;
    private boolean announced;
    private int underWay;

    /** Whether the client asks nothing more, but still listens. */
    private boolean ended;

    private DnsConnection(DnsForwarder forwarder, ByteStream stream) {
        this.forwarder = forwarder;
        this.stream = stream;
    }

    static DnsConnection serve(DnsForwarder forwarder, ByteStream stream) {
        DnsConnection connection = new DnsConnection(forwarder, stream);
        stream.readTimeout(SILENCE, silent -> connection.endIfIdle());
        stream.writeTimeout(SILENCE, ByteStream::closeReset);
        stream.onWritable(connection::proceed);
        stream.read(connection);
        return connection;
    }

    /** Closes if there is nothing to answer any more. */
    void endIfIdle() {
        if (underWay == 0 && !stream.isClosing()) {
            stream.closeWhenWritten();
        }
    }

    /** From now on closes when all is answered. */
    void end() {
        ended = true;
        if (!stream.isClosing()) {
            stream.pauseReading();
        }
        endIfIdle();
    }

    @Override
    public void onRead(ByteStream from, Chunk chunk) {
        int index = 0;
        while (index < chunk.length() && !stream.isClosing()) {
            int part = Math.min(message.length - count, chunk.length() - index);
            chunk.copyTo(index, message, count, part);
            index += part;
            count += part;
            if (count == message.length) {
                complete();
            }
        }
        if (underWay >= MOST_UNDER_WAY && !stream.isClosing()) {
            stream.pauseReading();
        }
    }

    private void complete() {
        byte[] complete = message;
        count = 0;
        if (!announced) {
            announced = true;
            message = new byte[((complete[0] & 0xff) << 8) | (complete[1] & 0xff)];
            if (message.length > 0) {
                return;
            }
        }
        announced = false;
        message = new byte[LENGTH_BYTES];
        DnsQuery query = DnsQuery.of(complete);
        if (query == null) {
            stream.closeReset();
            return;
        }
        underWay++;
        forwarder.ask(query, Integer.MAX_VALUE, this::answer);
    }

    private void answer(byte[] bytes) {
        underWay--;
        if (!stream.isWritable()) {
            return;
        }
        if (stream.writeQueueSize() + bytes.length > MOST_QUEUED_BYTES) {
            stream.closeReset();
            return;
        }
        ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + bytes.length);
        framed.putShort((short) bytes.length).put(bytes).flip();
        if (!stream.write(framed)) {
            stream.pauseReading();
        } else {
            proceed();
        }
    }

    private void proceed() {
        if (ended) {
            endIfIdle();
        } else if (underWay < MOST_UNDER_WAY && stream.isWritable()) {
            stream.resumeReading();
        }
    }

    @Override
    public void onEnd(ByteStream from) {
        ended = true;
        endIfIdle();
    }
}
