// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection of an {@link EchoLoad}. Its messages are consecutive pieces of one stream, so
 * several of them leave in one write.
 *
 * <p>Invariant: {@code read <= written <= queued}, all counted in bytes since it was opened.
 */
final class EchoConnection extends RequestConnection {
    /** Lets each connection begin elsewhere in the payload, so that mixed up ones differ. */
    static final long STRIDE = 65_537;

    private final int messageBytes;
    private final long origin;
    private long answeredMessages;
    private long queued;
    private long written;
    private long read;

    EchoConnection(RequestLoad load, int number, int messageBytes, int inFlight)
            throws IOException {
        super(load, number, inFlight);
        if ((long) messageBytes * inFlight > Payload.LONGEST) {
            throw new IllegalArgumentException(
                    "more than " + Payload.LONGEST + " B in flight on a connection");
        }
        this.messageBytes = messageBytes;
        origin = number * STRIDE;
    }

    @Override
    void ask(int messages) {
        queued += (long) messages * messageBytes;
    }

    @Override
    ByteBuffer unsent() {
        int length = (int) Math.min(queued - written, Payload.LONGEST);
        return load().payload.at(origin + written, length);
    }

    @Override
    void sent(int bytes) {
        written += bytes;
    }

    @Override
    int verify(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (read + count > written) {
            throw new IOException(this + ": the server sent more bytes than it was sent");
        }
        if (!load().payload.matches(bytes, origin + read)) {
            throw new IOException(this + ": wrong bytes among the " + count + " after " + read);
        }
        read += count;
        int answered = (int) (read / messageBytes - answeredMessages);
        answeredMessages += answered;
        return answered;
    }
}
