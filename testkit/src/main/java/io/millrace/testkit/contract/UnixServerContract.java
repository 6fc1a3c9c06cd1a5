// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers of Unix-domain sockets: whose file it is, who may come in, and who is in the way. */
public abstract class UnixServerContract extends ContractTest {
    private static final ServerOptions REPLACING =
            ServerOptions.builder().replaceDeadSocket(true).build();

    private final Journal journal = new Journal();
    private Path directory;
    private Path path;
    private UnixDomainSocketAddress address;

    @BeforeEach
    void choosePath(@TempDir Path directory) {
        this.directory = directory;
        path = directory.resolve("server");
        address = UnixDomainSocketAddress.of(path);
    }

    private UnixServer listen(ServerOptions options) throws IOException {
        return UnixServer.listen(
                serverLoop(),
                address,
                options,
                stream -> {
                    journal.add("accepted");
                    stream.close();
                });
    }

    private void closed(UnixServer server) throws IOException {
        server.close();
        until("closed", server::isClosed);
    }

    private void assertInUse(ServerOptions options) {
        IoException refusal = assertThrows(IoException.class, () -> listen(options));
        assertEquals("EADDRINUSE", refusal.errorName());
        assertEquals(address, refusal.address());
        assertTrue(refusal.toString().contains(path.toString()), refusal::toString);
    }

    private void assertServes() throws IOException {
        long before = journal.count("accepted");
        UnixStream.connect(clientLoop(), address).thenAccept(UnixStream::close);
        until("accepted", () -> journal.count("accepted") > before);
    }

    @Test
    void theFileIsThereFromTheListenToTheClose() throws IOException {
        assumeReal("a file system");
        UnixServer server = listen(ServerOptions.DEFAULT);
        assertTrue(Files.exists(path));
        assertServes();
        server.close();
        assertFalse(Files.exists(path), "it goes before the socket does");
        until("closed", server::isClosed);
        closed(listen(ServerOptions.DEFAULT));
    }

    @Test
    void closingRemovesNoFileOfSomebodyElse() throws IOException {
        assumeReal("a file system");
        UnixServer first = listen(ServerOptions.DEFAULT);
        Files.delete(path);
        UnixServer second = listen(ServerOptions.DEFAULT);
        closed(first);
        assertTrue(Files.exists(path));
        assertServes();
        Files.delete(path);
        Files.writeString(path, "mine");
        closed(second);
        assertEquals("mine", Files.readString(path));
        Files.delete(path);
        closed(listen(ServerOptions.DEFAULT));
    }

    @Test
    void whateverIsAtThePathIsInUse() throws IOException {
        UnixServer server = listen(ServerOptions.DEFAULT);
        assertInUse(ServerOptions.DEFAULT);
        assertInUse(REPLACING);
        assertServes();
        closed(server);
        assumeReal("a file system");
        Files.writeString(path, "mine");
        assertInUse(ServerOptions.DEFAULT);
        assertInUse(REPLACING);
        assertEquals("mine", Files.readString(path));
        Files.delete(path);
        Files.createDirectory(path);
        assertInUse(REPLACING);
        assertTrue(Files.isDirectory(path));
    }

    @Test
    void aDeadSocketIsReplacedIfThatIsAskedFor() throws IOException {
        assumeReal("a file system");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address).close();
        assertInUse(ServerOptions.DEFAULT);
        UnixServer server = listen(REPLACING);
        assertServes();
        closed(server);
        assertFalse(Files.exists(path));
        try (ServerSocketChannel alive = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            alive.bind(address);
            assertInUse(REPLACING);
            SocketChannel.open(address).close();
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsSaid() {
        assumeReal("a file system");
        UnixDomainSocketAddress nowhere =
                UnixDomainSocketAddress.of(directory.resolve("nowhere").resolve("server"));
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> UnixServer.listen(serverLoop(), nowhere, stream -> {}));
        assertEquals("ENOENT", refusal.errorName());
    }

    @Test
    void thePermissionsOfTheFileAreThoseAskedForOrThatIsRefused() throws IOException {
        assumeReal("a file system");
        for (String each : List.of("rw-------", "rwxrwxrwx", "---------")) {
            Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(each);
            ServerOptions options = ServerOptions.builder().permissions(permissions).build();
            if (!haveDescriptors()) {
                IoException refusal = assertThrows(IoException.class, () -> listen(options));
                assertEquals("EOPNOTSUPP", refusal.errorName());
                assertFalse(Files.exists(path));
            } else {
                UnixServer server = listen(options);
                assertEquals(permissions, Files.getPosixFilePermissions(path));
                closed(server);
            }
        }
    }

    @Test
    void optionsOfTheOtherKindAreRefused() {
        ServerOptions sharing = ServerOptions.builder().reusePort(true).build();
        ServerOptions buffered = ServerOptions.builder().receiveBufferSize(1000).build();
        assertThrows(IllegalArgumentException.class, () -> listen(sharing));
        assertThrows(IllegalArgumentException.class, () -> listen(buffered));
        ServerOptions deferring =
                ServerOptions.builder().deferAccept(Duration.ofSeconds(1)).build();
        assertThrows(IllegalArgumentException.class, () -> listen(deferring));
        assertThrows(
                IllegalArgumentException.class,
                () -> TcpServer.listen(serverLoop(), anyPort(), REPLACING, stream -> {}));
    }

    @Test
    void aPausedServerLeavesConnectionsInItsBacklog() throws IOException {
        UnixServer server = listen(ServerOptions.DEFAULT);
        server.pauseAccept();
        UnixStream.connect(clientLoop(), address).thenAccept(UnixStream::close);
        settle();
        journal.assertIs();
        server.resumeAccept();
        until("accepted", () -> journal.has("accepted"));
    }

    @Test
    void aGroupServesWhatOneOfItsLoopsAccepts() throws Exception {
        assumeReal("loops with threads");
        LoopOptions options = LoopOptions.builder().provider(serverBackend().provider()).build();
        try (EventLoopGroup group = EventLoopGroup.open(2, options)) {
            BlockingQueue<Thread> serving = new LinkedBlockingQueue<>();
            List<UnixServer> servers =
                    UnixServer.listen(
                            group,
                            address,
                            ServerOptions.DEFAULT,
                            stream -> {
                                serving.add(Thread.currentThread());
                                stream.close();
                            });
            assertEquals(1, servers.size());
            assertEquals((SocketAddress) address, servers.get(0).localAddress());
            Set<Thread> threads = new HashSet<>();
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(SocketChannel.open(address));
                threads.add(serving.poll(LoopRig.DEADLINE_NANOS, TimeUnit.NANOSECONDS));
            }
            for (SocketChannel client : clients) {
                client.close();
            }
            assertEquals(2, threads.size());
        }
        assertFalse(Files.exists(path));
    }
}
