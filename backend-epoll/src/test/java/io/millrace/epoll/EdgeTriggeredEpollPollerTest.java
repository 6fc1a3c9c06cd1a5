// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.EpollFixture.NO_LIMIT;
import static io.millrace.epoll.EpollFixture.NO_WAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.epoll.EpollFixture.Pipe;
import io.millrace.posix.DescriptorLimit;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Edge-triggered epoll: what is told once, what is told again, and what comes with it. */
@Timeout(120)
class EdgeTriggeredEpollPollerTest {
    private static final int BOTH = Poller.READ | Poller.WRITE;

    private EpollFixture fixture;
    private LibcSockets sockets;

    @BeforeEach
    void open() throws IoException {
        fixture = new EpollFixture(true);
        Platform platform = Platform.current();
        sockets =
                new LibcSockets(
                        fixture.real,
                        SocketDialect.of(platform, fixture.real),
                        platform,
                        DescriptorLimit.NONE);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readinessIsReportedOncePerChange() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.poller.add(pipe.reader(), BOTH);
        fixture.fill(pipe, 2);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
        assertEquals(0, fixture.select(NO_WAIT).size(), "the same bytes raise no second edge");
        fixture.fill(pipe, 1);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
    }

    @Test
    void addingReportsWhatIsReadyAlready() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.fill(pipe, 1);
        fixture.poller.add(pipe.reader(), BOTH);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
    }

    /** The reason for EPOLLRDHUP: a FIN behind unread bytes raises no edge after they are read. */
    @Test
    void aFinBehindUnreadBytesIsSaidWithThem() throws IoException {
        try (Pair pair = connect()) {
            fixture.poller.add(pair.server(), BOTH);
            fixture.select(NO_WAIT);
            assertEquals(5, pair.client().send(fiveBytes()));
            pair.client().shutdownOutput();
            int mask = fixture.select(NO_LIMIT).of(pair.server());
            assertEquals(Poller.HANGUP | Poller.READ, mask & (Poller.HANGUP | Poller.READ));
            assertEquals(5, pair.server().receive(ByteBuffer.allocateDirect(100)));
            assertEquals(0, fixture.select(NO_WAIT).size(), "and not a second time");
            assertEquals(Code.END_OF_STREAM, pair.server().receive(ByteBuffer.allocateDirect(100)));
        }
    }

    /** An unconnected socket is hung up and writable; that must not pass for a connection. */
    @Test
    void hupBeforeConnectIsFollowedByTheRealThing() throws IoException {
        RawListener listener = sockets.listen(spec());
        RawStream client = sockets.stream(StandardProtocolFamily.INET);
        fixture.poller.add(client, BOTH);
        assertTrue((fixture.select(NO_LIMIT).of(client) & Poller.HANGUP) != 0);
        assertEquals(Code.IN_PROGRESS, client.finishConnect());
        client.connect(Objects.requireNonNull(listener.localAddress()));
        assertTrue((fixture.select(NO_LIMIT).of(client) & Poller.WRITE) != 0);
        assertEquals(Code.OK, client.finishConnect());
        client.close();
        listener.close();
    }

    @Test
    void aRegisteredSocketNeverNeedsAnotherEpollCtl() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.poller.add(pipe.reader(), BOTH);
        int ctl = fixture.epoll.count("epoll_ctl");
        for (int i = 0; i < 100; i++) {
            fixture.fill(pipe, 1);
            assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
            fixture.empty(pipe);
        }
        assertEquals(ctl, fixture.epoll.count("epoll_ctl"));
    }

    private record Pair(RawListener listener, RawStream client, RawStream server)
            implements AutoCloseable {
        @Override
        public void close() {
            listener.close();
            client.close();
            server.close();
        }
    }

    private Pair connect() throws IoException {
        RawListener listener = sockets.listen(spec());
        RawStream client = sockets.stream(StandardProtocolFamily.INET);
        client.connect(Objects.requireNonNull(listener.localAddress()));
        assertEquals(1, listener.accept());
        return new Pair(
                listener, client, sockets.adopt(Objects.requireNonNull(listener.accepted())));
    }

    private static Gather fiveBytes() {
        Gather gather = new Gather(1);
        gather.add(ByteBuffer.allocateDirect(5), 0, 0, 5);
        return gather;
    }

    private static ListenSpec spec() {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new ListenSpec(loopback, 16, true, false, 0);
    }
}
