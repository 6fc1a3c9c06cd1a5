// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams that came with one system call are answered with one. */
@Timeout(60)
class DatagramBatchTest {
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** As many as one call receives. */
    private static final int DATAGRAMS = 64;

    /** Until the socket has found that so many come at once. */
    private static final int ROUNDS = 8;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneCallReceivesAndOneAnswers(boolean edge) throws IOException {
        InterposedEpoll backend = new InterposedEpoll(edge);
        try (EventLoop loop = backend.openLoop()) {
            int[] answers = {0};
            UdpSocket server = UdpSocket.bind(loop, LOOPBACK);
            server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
            UdpSocket client = UdpSocket.bind(loop, LOOPBACK);
            client.receive((socket, datagram) -> answers[0]++);
            int receives = 0;
            int sends = 0;
            for (int round = 0; round < ROUNDS; round++) {
                receives = backend.kernel.count("recvmmsg") + backend.kernel.count("recvmsg");
                sends = backend.kernel.count("sendmmsg");
                for (int i = 0; i < DATAGRAMS; i++) {
                    client.send(ByteBuffer.allocateDirect(64), server.localAddress());
                }
                int all = (round + 1) * DATAGRAMS;
                turnUntil(loop, () -> answers[0] == all);
                receives =
                        backend.kernel.count("recvmmsg")
                                + backend.kernel.count("recvmsg")
                                - receives;
                sends = backend.kernel.count("sendmmsg") - sends;
            }
            assertEquals(2, sends, "of the client, and of the server");
            assertEquals(0, backend.kernel.count("sendmsg"), "one by one");
            // A call that was full may be followed by one that finds nothing.
            assertTrue(receives <= 4, receives + " receives of the server, and of the client");
            loop.closeAll();
        }
    }
}
