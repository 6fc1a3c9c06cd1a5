// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Unix-domain sockets, at paths nobody else has. */
public final class UnixTransport implements Transport {
    private static final long PROCESS = ProcessHandle.current().pid();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @Override
    public String name() {
        return "a Unix-domain socket";
    }

    /**
     * A path where nobody listens.
     *
     * <p>What an earlier process of the same number has left behind is in nobody's way. No longer
     * than a {@code sockaddr_un} has room for, wherever the build is.
     */
    public static UnixDomainSocketAddress freeAddress() {
        Path path;
        do {
            String name = "millrace-" + PROCESS + "-" + NUMBER.incrementAndGet() + ".socket";
            path = Path.of(System.getProperty("java.io.tmpdir"), name);
        } while (Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        UnixServer server = UnixServer.listen(loop, freeAddress(), handler);
        return new Listener(server, server.localAddress());
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        UnixStream stream = UnixStream.open(loop);
        return new Connecting(stream, stream.connect(to.address()));
    }

    /** The kernel has no way to ask for one. */
    @Override
    public boolean has(Ability ability) {
        return ability != Ability.RESET;
    }
}
