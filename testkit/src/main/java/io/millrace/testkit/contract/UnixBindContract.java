// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.AbstractUnixAddress;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Unix-domain stream that has a path or name of its own before it connects, and whose it is. */
public abstract class UnixBindContract extends ContractTest {
    private final Journal journal = new Journal();
    private Path directory;
    private UnixDomainSocketAddress own;

    @BeforeEach
    void choosePath(@TempDir Path directory) {
        this.directory = directory;
        own = UnixDomainSocketAddress.of(directory.resolve("own"));
    }

    private UnixStream bound(SocketAddress address) throws IOException {
        UnixStream stream = UnixStream.open(clientLoop());
        stream.bind(address);
        return stream;
    }

    private void assertConnectsFrom(SocketAddress address, UnixStream stream) throws IOException {
        List<UnixStream> accepted = new ArrayList<>();
        UnixServer server =
                UnixServer.listen(serverLoop(), UnixTransport.freeAddress(), accepted::add);
        int before = journal.lines().size();
        stream.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
        until("connected", () -> accepted.size() == 1 && journal.lines().size() > before);
        assertEquals("connect", journal.lines().get(before));
        assertEquals(address, stream.localAddress());
        assertEquals(address, accepted.get(0).remoteAddress());
        Journal each = new Journal();
        accepted.get(0).read(each.reader("server"));
        stream.write(bytes(100), 0, 100);
        until("bytes", () -> each.receivedCount() == 100);
        assertArrayEquals(bytes(100), each.received());
        server.close();
        until("closed", server::isClosed);
    }

    private IoException refusalOfBind(UnixStream stream, SocketAddress address) {
        IoException refusal = assertThrows(IoException.class, () -> stream.bind(address));
        assertEquals("bind", refusal.operation());
        assertEquals(address, refusal.address());
        return refusal;
    }

    private void closed(UnixStream stream) throws IOException {
        stream.close();
        until("closed", stream::isClosed);
    }

    @Test
    void bothEndsKnowThePathThatItConnectsFrom() throws IOException {
        UnixStream stream = UnixStream.open(clientLoop());
        assertNull(stream.localAddress());
        stream.bind(own);
        assertEquals(own, stream.localAddress());
        assertConnectsFrom(own, stream);
    }

    @Test
    void theFileIsThereUntilTheClose() throws IOException {
        assumeReal("a file system");
        UnixStream stream = bound(own);
        assertTrue(Files.exists(own.getPath()));
        assertConnectsFrom(own, stream);
        stream.close();
        assertFalse(Files.exists(own.getPath()), "it goes before the socket does");
        until("closed", stream::isClosed);
        UnixStream idle = bound(own);
        closed(idle);
        assertFalse(Files.exists(own.getPath()), "it never connected");
        closed(bound(own));
    }

    @Test
    void aConnectThatFailsLeavesNoFile() throws IOException {
        UnixStream stream = bound(own);
        UnixDomainSocketAddress nobody = UnixDomainSocketAddress.of(directory.resolve("nobody"));
        stream.connect(nobody).whenComplete(journal.outcome("connect"));
        until("failed", () -> journal.has("connect ENOENT"));
        assertFalse(Files.exists(own.getPath()));
        assertConnectsFrom(own, bound(own));
        closed(stream);
    }

    @Test
    void closingRemovesNoFileOfSomebodyElse() throws IOException {
        assumeReal("a file system");
        UnixStream first = bound(own);
        Files.delete(own.getPath());
        UnixStream second = bound(own);
        closed(first);
        assertTrue(Files.exists(own.getPath()));
        Files.delete(own.getPath());
        Files.writeString(own.getPath(), "mine");
        closed(second);
        assertEquals("mine", Files.readString(own.getPath()));
    }

    @Test
    void whateverIsAtThePathIsInUseAndAnotherCanBeTaken() throws IOException {
        UnixServer server = UnixServer.listen(serverLoop(), own, stream -> {});
        UnixStream stream = UnixStream.open(clientLoop());
        assertEquals("EADDRINUSE", refusalOfBind(stream, own).errorName());
        server.close();
        until("closed", server::isClosed);
        UnixStream other = bound(own);
        assertEquals("EADDRINUSE", refusalOfBind(stream, own).errorName());
        closed(other);
        stream.bind(own);
        assertConnectsFrom(own, stream);
        closed(stream);
        assumeReal("a file system");
        UnixStream third = UnixStream.open(clientLoop());
        Files.writeString(own.getPath(), "mine");
        assertEquals("EADDRINUSE", refusalOfBind(third, own).errorName());
        closed(third);
        assertEquals("mine", Files.readString(own.getPath()));
    }

    @Test
    void aDirectoryThatIsNotThereIsSaid() throws IOException {
        assumeReal("a file system");
        UnixDomainSocketAddress nowhere =
                UnixDomainSocketAddress.of(directory.resolve("nowhere").resolve("own"));
        UnixStream stream = UnixStream.open(clientLoop());
        assertEquals("ENOENT", refusalOfBind(stream, nowhere).errorName());
        assertEquals("EADDRINUSE", refusalOfBind(stream, ofDirectory()).errorName());
        closed(stream);
        assertTrue(Files.isDirectory(directory));
    }

    private UnixDomainSocketAddress ofDirectory() {
        return UnixDomainSocketAddress.of(directory);
    }

    @Test
    void anAbstractNameIsBoundWhereThereAreSuch() throws IOException {
        assumeReal("a kernel's names");
        AbstractUnixAddress name =
                AbstractUnixAddress.of("millrace-" + ProcessHandle.current().pid() + directory);
        if (haveDescriptors() && isLinux()) {
            assertConnectsFrom(name, bound(name));
            assertFalse(Files.exists(own.getPath()));
        } else {
            UnixStream stream = UnixStream.open(clientLoop());
            IoException refusal = refusalOfBind(stream, name);
            assertEquals("EOPNOTSUPP", refusal.errorName());
            assertTrue(refusal.toString().contains("abstract names"), refusal::toString);
        }
    }

    @Test
    void whatCannotBeBoundIsRefused() throws IOException {
        UnixStream stream = UnixStream.open(clientLoop());
        assertThrows(IllegalArgumentException.class, () -> stream.bind(new InetSocketAddress(0)));
        assertThrows(
                IllegalArgumentException.class, () -> stream.bind(UnixDomainSocketAddress.of("")));
        UnixDomainSocketAddress tooLong =
                UnixDomainSocketAddress.of(directory.resolve("x".repeat(108)));
        assertEquals("ENAMETOOLONG", refusalOfBind(stream, tooLong).errorName());
        stream.bind(own);
        assertRefused("already", () -> stream.bind(own));
        closed(stream);
        assertRefused("closed", () -> stream.bind(own));
        StreamPair pair = connect();
        assertRefused("already", () -> ((UnixStream) pair.client()).bind(own));
    }
}
