// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link UnixServer}. */
public final class UnixSocketServer extends SocketServer<UnixSocketStream> implements UnixServer {
    private UnixSocketServer(
            Loop loop,
            ListenSpec spec,
            @Nullable UnixFile file,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        super(loop, spec, file, (LoopGroup) options.handTo(), UnixSocketStream::new, handler);
    }

    public static UnixSocketServer listen(
            Loop loop,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        Objects.requireNonNull(loop, "loop");
        UnixAddress.checked(address);
        ensureSuitable(Objects.requireNonNull(options, "options"), address);
        Objects.requireNonNull(handler, "handler");
        loop.check("listen");
        ensureSameBackend(loop, (LoopGroup) options.handTo());
        UnixAddress.ensureUsable(loop, address, "listen");
        ensureNumbers(loop, options, address);
        ListenSpec spec =
                new ListenSpec(
                        address,
                        options.backlog(),
                        false,
                        false,
                        0,
                        options.permissions(),
                        Map.of(),
                        options.options());
        UnixFile file = address instanceof UnixDomainSocketAddress path ? new UnixFile(path) : null;
        if (file == null) {
            return opened(new UnixSocketServer(loop, spec, null, options, handler));
        }
        try {
            return open(loop, spec, file, options, handler);
        } catch (IoException failure) {
            boolean replaces = options.replaceDeadSocket() && failure.code() == Code.ADDRESS_IN_USE;
            if (!replaces || !file.removeDead()) {
                throw failure;
            }
        }
        return open(loop, spec, file, options, handler);
    }

    /** What fails behind its bind(2) leaves no file that was not there before. */
    private static UnixSocketServer open(
            Loop loop,
            ListenSpec spec,
            UnixFile file,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        boolean absent = file.isAbsent();
        try {
            return opened(new UnixSocketServer(loop, spec, file, options, handler));
        } catch (Throwable failure) {
            if (absent) {
                file.removeDead();
            }
            throw failure;
        }
    }

    private static void ensureSuitable(ServerOptions options, SocketAddress address) {
        if (options.reusePort() || options.receiveBufferSize() != 0) {
            throw new IllegalArgumentException(
                    "reusePort and receiveBufferSize are for TCP; a Unix-domain address has one"
                            + " listener: "
                            + address);
        }
        boolean ofTcp =
                !options.deferAccept().isZero()
                        || options.fastOpen() != 0
                        || options.trafficClass() != ServerOptions.UNSET
                        || options.incomingCpu() != ServerOptions.UNSET;
        if (ofTcp) {
            throw new IllegalArgumentException(
                    "deferAccept, fastOpen, trafficClass and incomingCpu are for TCP: " + address);
        }
        boolean hasFile = address instanceof UnixDomainSocketAddress;
        if (!hasFile && (options.permissions() != null || options.replaceDeadSocket())) {
            throw new IllegalArgumentException(
                    "an abstract name has no file, and so neither permissions nor a dead socket: "
                            + address);
        }
    }

    /** See {@link UnixServer}. */
    public static List<UnixServer> listen(
            LoopGroup group,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        GroupListening.Opener<UnixSocketServer> opener =
                (loop, at, how) -> listen(loop, at, how, handler);
        return List.copyOf(GroupListening.listen(group, address, options, false, opener));
    }
}
