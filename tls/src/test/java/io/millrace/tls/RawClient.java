// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A client by the JDK's engine that says what it is told to, such as one key update after the
 * other. It reads as long as its stream does.
 */
final class RawClient implements ReadHandler {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteStream stream;
    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 16);
    private final ByteBuffer out = ByteBuffer.allocate(1 << 16);
    boolean isShaken;

    /** Whether the server has said, by an alert of either kind, that this is the end. */
    boolean isTold;

    /** What the engine says of the alert that was fatal; empty if there was none. */
    String alert = "";

    int received;

    RawClient(ByteStream stream, TlsContext context) throws SSLException {
        this.stream = stream;
        engine = context.clientEngine("localhost", 443);
        engine.beginHandshake();
        stream.read(this);
        pump();
    }

    @Override
    public void onRead(ByteStream from, Chunk chunk) {
        chunk.copyTo(in);
        chunk.skip(chunk.length());
        try {
            pump();
        } catch (SSLException reason) {
            isTold = true;
            alert = String.valueOf(reason.getMessage());
            from.close();
        }
    }

    private void pump() throws SSLException {
        in.flip();
        boolean goesOn = true;
        while (goesOn) {
            goesOn =
                    switch (engine.getHandshakeStatus()) {
                        case NEED_TASK -> {
                            engine.getDelegatedTask().run();
                            yield true;
                        }
                        case NEED_WRAP -> say(NOTHING);
                        default -> take();
                    };
        }
        in.compact();
        isShaken |= engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private boolean take() throws SSLException {
        SSLEngineResult result = engine.unwrap(in, plain.clear());
        received += result.bytesProduced();
        isTold |= result.getStatus() == SSLEngineResult.Status.CLOSED;
        return result.bytesConsumed() > 0;
    }

    private boolean say(ByteBuffer words) throws SSLException {
        SSLEngineResult result = engine.wrap(words, out.clear());
        out.flip();
        stream.write(out.array(), 0, out.remaining());
        return result.bytesProduced() > 0;
    }

    /** Bytes of its user, in one record. */
    void say(byte[] words) throws SSLException {
        say(ByteBuffer.wrap(words));
    }

    /** New keys, and the wish that the peer have new ones too. */
    void updateKeys() throws SSLException {
        engine.beginHandshake();
        say(NOTHING);
    }
}
