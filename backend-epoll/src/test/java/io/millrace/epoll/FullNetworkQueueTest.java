// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.EventLoop;
import io.millrace.net.UdpSocket;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ENOBUFS, the answer of a network device whose queue is full: no datagram fails for it, and all go
 * in their order when there is room. Loopback has no such queue, so the kernel plays it.
 */
@Timeout(60)
class FullNetworkQueueTest {
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private InterposedEpoll backend;
    private EventLoop loop;

    @AfterEach
    void close() throws IOException {
        loop.closeAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFindsItFullWaitsAndKeepsItsOrder(boolean edge) throws IOException {
        backend = new InterposedEpoll(edge);
        loop = backend.openLoop();
        List<Integer> received = new ArrayList<>();
        UdpSocket to = UdpSocket.bind(loop, LOOPBACK);
        to.receive((same, datagram) -> received.add(datagram.data().length()));
        UdpSocket from = UdpSocket.bind(loop, LOOPBACK);
        from.onFailure((same, failure) -> ends(received, failure.errorName()));
        for (String call : List.of("sendmsg", "sendmmsg")) {
            backend.kernel.answer(call, Code.NO_CHUNKS, Code.NO_CHUNKS);
        }
        List<String> ends = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            from.send(
                    ByteBuffer.allocateDirect(i),
                    to.localAddress(),
                    (same, failure) -> ends.add(String.valueOf(failure)));
        }
        turnUntil(loop, () -> ends.size() == 5 && received.size() == 5);
        assertEquals(List.of("null", "null", "null", "null", "null"), ends);
        assertEquals(List.of(1, 2, 3, 4, 5), received);
        backend.kernel.answer("sendmsg", Code.NO_CHUNKS);
        assertFalse(from.trySend(ByteBuffer.allocateDirect(6), to.localAddress()));
    }

    private static void ends(List<Integer> received, String failure) {
        throw new AssertionError(failure + " after " + received);
    }
}
