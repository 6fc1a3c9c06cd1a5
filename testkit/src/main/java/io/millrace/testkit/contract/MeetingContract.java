// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.DescriptorWatch;
import io.millrace.EventLoop;
import io.millrace.RunMode;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Two backends that have to do with each other, once over each kind of handle that has two ends: so
 * little that every pair of backends can be asked. What each of them does by itself, and what one
 * pair in depth, is tested elsewhere.
 */
public abstract class MeetingContract extends UdpFixture {
    /** More than a socket and a pipe take at once. */
    private static final int LONG = 600_000;

    private final Journal client = new Journal();

    /** Bytes both ways, more than there is room for; the half-close; the echo's end. */
    private void assertEchoed(Transport by) throws IOException {
        StreamPair pair = connect(by);
        pair.server().read(EchoingReader.ONLY);
        pair.client().read(client.reader("client"));
        pair.client().write(ByteBuffer.allocateDirect(LONG).put(bytes(LONG)).flip());
        pair.client().shutdown();
        until("the echo", () -> client.has("client end"));
        assertArrayEquals(bytes(LONG), client.received());
        until("closed", pair.server()::isClosed);
    }

    private void assumeBothHaveDescriptors() {
        assumeTrue(haveDescriptors(), "both backends need descriptors for that");
    }

    @Test
    void overTcp() throws IOException {
        assertEchoed(new TcpTransport());
    }

    @Test
    void overUnixDomainSockets() throws IOException {
        assertEchoed(new UnixTransport());
    }

    @Test
    void overPipes() throws IOException {
        assumeBothHaveDescriptors();
        assertEchoed(new PipeTransport());
    }

    @Test
    void aResetIsOne() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.client().closeReset();
        until("the reset", () -> journal.has("server ECONNRESET"));
    }

    @Test
    void boundClientsAreKnownByTheirAddresses() throws IOException {
        List<SocketAddress> seen = new ArrayList<>();
        TcpServer tcp =
                TcpServer.listen(
                        serverLoop(), anyPort(), stream -> seen.add(stream.remoteAddress()));
        TcpStream overTcp = TcpStream.open(clientLoop());
        overTcp.bind(anyPort());
        overTcp.connect(tcp.localAddress());
        until("accepted", () -> seen.size() == 1);
        UnixServer unix =
                UnixServer.listen(
                        serverLoop(),
                        UnixTransport.freeAddress(),
                        stream -> seen.add(stream.remoteAddress()));
        UnixStream overUnix = UnixStream.open(clientLoop());
        overUnix.bind(UnixTransport.freeAddress());
        overUnix.connect(unix.localAddress());
        until("accepted", () -> seen.size() == 2);
        assertEquals(List.of(overTcp.localAddress(), overUnix.localAddress()), seen);
    }

    @Test
    void descriptorsArePassed() throws IOException {
        assumeBothHaveDescriptors();
        assumeTrue(isLinux(), "passing descriptors takes Linux");
        TcpPair passed = connectTcp();
        StreamPair pair = connect(new UnixTransport());
        List<Integer> taken = new ArrayList<>();
        ((UnixStream) pair.server())
                .onDescriptors((stream, descriptors) -> taken.add(descriptors.take(0)));
        pair.server().read(journal.reader("server"));
        int[] own = {passed.client().fileDescriptor()};
        ((UnixStream) pair.client()).write(ByteBuffer.allocate(3), own, null);
        until("the descriptor", () -> taken.size() == 1 && journal.receivedCount() == 3);
        TcpStream adopted = TcpStream.adopt(serverLoop(), taken.get(0));
        adopted.write(bytes(100), 0, 100);
        Journal far = new Journal();
        passed.server().read(far.reader("far"));
        until("bytes", () -> far.receivedCount() == 100);
        assertArrayEquals(bytes(100), far.received());
    }

    @Test
    void byDatagrams() throws IOException {
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        UdpSocket free = client();
        free.receive(collector());
        for (String each : List.of("a", "", "ccc")) {
            free.send(direct(each), server.localAddress(), null);
        }
        untilReceived(3);
        assertEquals(List.of("a", "", "ccc"), received);
        assertEquals(server.localAddress(), senders.get(0));
        UdpSocket connected = UdpSocket.connect(clientLoop(), server.localAddress());
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        connected.receive(
                (socket, datagram) -> {
                    byte[] part = new byte[datagram.data().length()];
                    datagram.data().copyTo(0, part, 0, part.length);
                    back.writeBytes(part);
                });
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(1000);
        connected.send(direct(bytes(10_500)), null, segments, sent("segments"));
        until("the segments", () -> back.size() == 10_500 && journal.has("segments"));
        assertArrayEquals(bytes(10_500), back.toByteArray());
    }

    @Test
    void aRefusalReachesTheOther() throws IOException {
        UdpSocket server = server();
        UdpSocket connected = UdpSocket.connect(clientLoop(), server.localAddress());
        connected.onFailure((socket, failure) -> journal.add(failure.errorName()));
        connected.receive(collector());
        server.close();
        until("closed", server::isClosed);
        connected.send(direct("nobody"), null, null);
        until("the refusal", () -> journal.has("ECONNREFUSED"));
    }

    @Test
    void oneWaitsInsideTheOther() throws IOException {
        assumeBothHaveDescriptors();
        int descriptor;
        try {
            descriptor = serverLoop().backendDescriptor();
        } catch (UnsupportedOperationException none) {
            // Which engine it is, and why a loop on it has no descriptor.
            descriptor = abort(String.valueOf(none.getMessage()));
        }
        EventLoop inner = serverLoop();
        inner.run(RunMode.NOWAIT);
        DescriptorWatch watch = DescriptorWatch.open(clientLoop(), descriptor);
        watch.start(DescriptorWatch.READABLE, (same, events) -> journal.add("readable"));
        inner.execute(() -> journal.add("task"));
        clientLoop().run(RunMode.ONCE);
        until("both", () -> journal.has("task") && journal.has("readable"));
        watch.close();
        until("closed", watch::isClosed);
    }
}
