// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.Datagram;
import io.millrace.net.UdpSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/**
 * Asks by UDP. The socket is connected, so the kernel lets through what comes from the server
 * alone, and tells when nobody listens there.
 */
final class UdpAttempt extends Attempt {
    private @Nullable UdpSocket socket;

    UdpAttempt(Exchange exchange, InetSocketAddress server, Question question) {
        super(exchange, server, question);
    }

    @Override
    void begin() throws IoException {
        UdpSocket connected = UdpSocket.connect(exchange.loop(), server);
        socket = connected;
        connected.onClosed(this::socketClosed);
        connected.onFailure((which, failure) -> failed(failure));
        connected.receive(this::received);
        connected.send(ByteBuffer.wrap(question.wire()), null, this::sent);
    }

    private void sent(UdpSocket which, @Nullable IoException failure) {
        if (failure != null) {
            failed(failure);
        }
    }

    private void received(UdpSocket which, Datagram datagram) {
        Chunk data = datagram.data();
        byte[] bytes = new byte[data.length()];
        data.copyTo(0, bytes, 0, bytes.length);
        if (isOver() || !question.isAnsweredBy(bytes)) {
            return;
        }
        if (datagram.isTruncated() || Question.isTruncated(bytes)) {
            exchange.truncated(this);
            return;
        }
        Message answer = Question.parse(bytes);
        if (answer != null) {
            exchange.answered(this, answer);
        }
    }

    @Override
    void release() {
        if (socket != null) {
            socket.close();
        }
    }
}
