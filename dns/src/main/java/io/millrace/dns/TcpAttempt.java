// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** Asks by TCP, where a message of any length has its length before it; see RFC 7766. */
final class TcpAttempt extends Attempt implements ReadHandler {
    private static final int LENGTH_BYTES = 2;

    private @Nullable TcpStream stream;

    /** What has come, as much as was announced or the announcement itself. */
    private byte[] received = new byte[LENGTH_BYTES];

    private int count;

    /** Whether the length is known. */
    private boolean announced;

    TcpAttempt(Exchange exchange, InetSocketAddress server, Question question) {
        super(exchange, server, question);
    }

    @Override
    void begin() {
        TcpStream connecting = TcpStream.open(exchange.loop());
        stream = connecting;
        connecting.onClosed(this::socketClosed);
        connecting.onWriteFailure((which, failure) -> failed(failure));
        connecting.connect(server).whenComplete((connected, failure) -> ended(failure));
        byte[] wire = question.wire();
        connecting.write(
                ByteBuffer.allocate(LENGTH_BYTES + wire.length)
                        .putShort((short) wire.length)
                        .put(wire)
                        .flip());
        connecting.read(this);
    }

    private void ended(@Nullable Throwable failure) {
        if (failure instanceof IoException reason) {
            failed(reason);
        }
    }

    @Override
    public void onRead(ByteStream which, Chunk chunk) {
        int index = 0;
        while (index < chunk.length() && !isOver()) {
            int wanted = Math.min(received.length - count, chunk.length() - index);
            chunk.copyTo(index, received, count, wanted);
            index += wanted;
            count += wanted;
            if (count == received.length) {
                complete();
            }
        }
    }

    private void complete() {
        if (!announced) {
            announced = true;
            received = new byte[((received[0] & 0xff) << 8) | (received[1] & 0xff)];
            count = 0;
            if (received.length > 0) {
                return;
            }
        }
        Message answer = question.isAnsweredBy(received) ? Question.parse(received) : null;
        if (answer == null) {
            failed(refused("what came is no answer to this"));
        } else {
            exchange.answered(this, answer);
        }
    }

    private static IoException refused(String why) {
        return IoException.because(Code.PROTOCOL_ERROR, "receive", why);
    }

    @Override
    public void onEnd(ByteStream which) {
        failed(refused("the connection ended before the answer"));
    }

    @Override
    public void onFailure(ByteStream which, IoException failure) {
        failed(failure);
    }

    @Override
    void release() {
        if (stream != null) {
            stream.close();
        }
    }
}
