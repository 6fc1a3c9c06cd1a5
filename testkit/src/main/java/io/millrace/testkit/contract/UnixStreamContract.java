// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.AbstractUnixAddress;
import io.millrace.net.PeerCredentials;
import io.millrace.net.ServerOptions;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of Unix-domain sockets: what they connect to, and what differs from TCP. */
public abstract class UnixStreamContract extends ContractTest {
    /** What a {@code sockaddr_un} of Linux has room for; other systems have less. */
    private static final int LONGEST_PATH = 107;

    /** The JDK takes one byte less. */
    private static final int LONGEST_PATH_OF_NIO = 106;

    private final Journal journal = new Journal();

    private void assertConnectFails(String symbol, SocketAddress address) throws IOException {
        int before = journal.lines().size();
        UnixStream.connect(clientLoop(), address).whenComplete(journal.outcome("connect"));
        until("an end", () -> journal.lines().size() > before);
        assertEquals("connect " + symbol, journal.lines().get(before));
    }

    private void assertConnects(SocketAddress address) throws IOException {
        List<UnixStream> accepted = new ArrayList<>();
        UnixServer server = UnixServer.listen(serverLoop(), address, accepted::add);
        List<UnixStream> connected = new ArrayList<>();
        UnixStream.connect(clientLoop(), address).thenAccept(connected::add);
        until("connected", () -> accepted.size() == 1 && connected.size() == 1);
        Journal each = new Journal();
        accepted.get(0).read(each.reader("server"));
        connected.get(0).write(bytes(100), 0, 100);
        until("bytes", () -> each.receivedCount() == 100);
        assertArrayEquals(bytes(100), each.received());
        assertEquals(address, server.localAddress());
        assertEquals(address, connected.get(0).remoteAddress());
        server.close();
        until("closed", server::isClosed);
    }

    /** A path of so many bytes, in a directory that is there. */
    private static UnixDomainSocketAddress ofLength(Path directory, int bytes) {
        String start = directory + "/";
        assumeTrue(start.length() < bytes, "a shorter path for files of tests");
        return UnixDomainSocketAddress.of(start + "x".repeat(bytes - start.length()));
    }

    @Test
    void theEndsKnowThePathAndThatTheClientHasNone() throws IOException {
        StreamPair pair = connect();
        SocketAddress path = pair.listener().address();
        assertEquals(path, pair.client().remoteAddress());
        assertEquals(path, pair.server().localAddress());
        assertEquals(UnixDomainSocketAddress.of(""), pair.client().localAddress());
        assertEquals(UnixDomainSocketAddress.of(""), pair.server().remoteAddress());
        assertTrue(pair.client().toString().startsWith("UnixStream@"), pair.client()::toString);
        assertTrue(pair.client().toString().contains(path.toString()), pair.client()::toString);
    }

    @Test
    void aConnectToWhatIsNoServerFails(@TempDir Path directory) throws IOException {
        assertConnectFails("ENOENT", UnixDomainSocketAddress.of(directory.resolve("nothing")));
        assumeReal("a file system");
        assertConnectFails("ECONNREFUSED", UnixDomainSocketAddress.of(directory));
        Path file = Files.createFile(directory.resolve("file"));
        assertConnectFails("ECONNREFUSED", UnixDomainSocketAddress.of(file));
        UnixDomainSocketAddress dead = UnixDomainSocketAddress.of(directory.resolve("dead"));
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(dead).close();
        assertConnectFails("ECONNREFUSED", dead);
    }

    @Test
    void aPathIsAsLongAsTheSystemTakesAndNoLonger(@TempDir Path directory) throws IOException {
        assumeTrue(isLinux(), "other systems have room for less");
        boolean nio = backendNames().contains("nio");
        assertConnects(ofLength(directory, nio ? LONGEST_PATH_OF_NIO : LONGEST_PATH));
        UnixDomainSocketAddress tooLong = ofLength(directory, LONGEST_PATH + 1);
        assertConnectFails("ENAMETOOLONG", tooLong);
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> UnixServer.listen(serverLoop(), tooLong, stream -> {}));
        assertEquals("ENAMETOOLONG", refusal.errorName());
        assertEquals(tooLong, refusal.address());
        assertTrue(refusal.toString().contains("at most 107 bytes"), refusal::toString);
    }

    @Test
    void aRelativePathIsOne() throws IOException {
        assertConnects(
                UnixDomainSocketAddress.of(UnixTransport.freeAddress().getPath().getFileName()));
    }

    @Test
    void addressesOfOtherKindsAreRefusedAtTheCall() {
        UnixStream stream = UnixStream.open(clientLoop());
        for (SocketAddress bad : List.of(anyPort(), UnixDomainSocketAddress.of(""))) {
            assertThrows(IllegalArgumentException.class, () -> stream.connect(bad));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> UnixServer.listen(serverLoop(), bad, each -> {}));
        }
        SocketAddress good = UnixTransport.freeAddress();
        Duration negative = Duration.ofNanos(-1);
        assertThrows(IllegalArgumentException.class, () -> stream.connect(good, negative));
    }

    @Test
    void aConnectToAServerWithoutRoomWaitsUntilThereIs() throws IOException {
        assumeReal("a full backlog");
        List<UnixStream> accepted = new ArrayList<>();
        UnixServer server =
                UnixServer.listen(
                        serverLoop(),
                        UnixTransport.freeAddress(),
                        ServerOptions.builder().backlog(1).build(),
                        accepted::add);
        server.pauseAccept();
        // Until the driver has heard of it, it accepts, and anybody may have that place.
        settle();
        for (int i = 0; i < 8; i++) {
            UnixStream stream = UnixStream.open(clientLoop());
            stream.options().sendBufferSize(16 << 10);
            stream.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
            stream.write(bytes(10), 0, 10);
        }
        UnixStream late = UnixStream.open(clientLoop());
        late.connect(server.localAddress(), Duration.ofMillis(5))
                .whenComplete(journal.outcome("late"));
        UnixStream given = UnixStream.open(clientLoop());
        given.connect(server.localAddress()).whenComplete(journal.outcome("given up"));
        until("too late", () -> journal.has("late ETIMEDOUT"));
        given.close();
        until("given up", () -> journal.has("given up ECANCELED"));
        assertTrue(journal.count("connect") < 8, journal.lines()::toString);
        server.resumeAccept();
        until("all", () -> journal.count("connect") == 8 && accepted.size() >= 8);
        Journal server2 = new Journal();
        accepted.forEach(stream -> stream.read(server2.reader("server")));
        until("what was written meanwhile", () -> server2.receivedCount() == 80);
    }

    @Test
    void aNameMayBeAbstractWhereTheSystemAndTheBackendHaveThat() throws IOException {
        AbstractUnixAddress name =
                AbstractUnixAddress.of(UnixTransport.freeAddress().getPath().toString());
        if (haveDescriptors() && isLinux()) {
            assertConnects(name);
            return;
        }
        if (!clientHasDescriptors() || !isLinux()) {
            assertConnectFails("EOPNOTSUPP", name);
        }
        assumeTrue(!serverHasDescriptors() || !isLinux(), "the server can");
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> UnixServer.listen(serverLoop(), name, stream -> {}));
        assertEquals("EOPNOTSUPP", refusal.errorName());
        assertTrue(refusal.toString().contains("use a path"), refusal::toString);
    }

    @Test
    void aZeroByteIsNoPartOfAPathAndAnyPartOfAnAbstractName() throws IOException {
        String text = UnixTransport.freeAddress().getPath().toString();
        assertThrows(InvalidPathException.class, () -> UnixDomainSocketAddress.of(text + "\0x"));
        assumeTrue(haveDescriptors() && isLinux(), "abstract names");
        AbstractUnixAddress first = AbstractUnixAddress.of(text + "\0x");
        AbstractUnixAddress second = AbstractUnixAddress.of(text + "\0y");
        UnixServer.listen(serverLoop(), second, stream -> {});
        assertConnects(first);
    }

    @Test
    void thePeersCredentialsAreTheKernelsWhereItTells() throws IOException {
        UnixStream unconnected = UnixStream.open(clientLoop());
        assertThrows(IllegalStateException.class, unconnected::peerCredentials);
        UnixStream server = (UnixStream) connect().server();
        if (!serverHasDescriptors()) {
            IoException refusal = assertThrows(IoException.class, server::peerCredentials);
            assertEquals("EOPNOTSUPP", refusal.errorName());
            return;
        }
        PeerCredentials credentials = server.peerCredentials();
        assertEquals(ProcessHandle.current().pid(), credentials.processId());
        Path own = Path.of("/proc/self");
        assertEquals(
                ((Number) Files.getAttribute(own, "unix:uid")).longValue(), credentials.userId());
        assertEquals(
                ((Number) Files.getAttribute(own, "unix:gid")).longValue(), credentials.groupId());
        server.close();
        assertThrows(IllegalStateException.class, server::peerCredentials);
    }

    @Test
    void aResetIsAnEndToAPeerOfWhichNothingIsUnread() throws IOException {
        StreamPair pair = connect();
        pair.client().read(journal.reader("client"));
        pair.server().closeReset();
        until("the end", () -> !journal.lines().isEmpty());
        journal.assertIs("client end");
    }

    @Test
    void whatWasNotReadMakesTheCloseAResetToThePeer() throws IOException {
        StreamPair pair = connect();
        pair.client().write(bytes(10), 0, 10);
        settle();
        pair.server().close();
        until("closed", pair.server()::isClosed);
        settle();
        pair.client().read(journal.reader("client"));
        until("a failure", () -> !journal.lines().isEmpty());
        journal.assertIs("client ECONNRESET");
    }

    @Test
    void buffersOfTheSocketHaveTheSizeThatWasSet() throws IOException {
        UnixStream stream = UnixStream.open(clientLoop());
        stream.options().sendBufferSize(32 << 10).receiveBufferSize(32 << 10);
        assertEquals(32 << 10, stream.options().sendBufferSize());
        Transport.Listener listener = listen(each -> {});
        stream.connect(listener.address()).whenComplete(journal.outcome("connect"));
        until("connected", () -> journal.has("connect"));
        assertTrue(stream.options().sendBufferSize() >= 32 << 10);
        assertTrue(stream.options().receiveBufferSize() >= 32 << 10);
    }
}
