// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.PortOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The one implementation of {@link TcpServer}. */
public final class TcpSocketServer extends SocketServer<TcpSocketStream> implements TcpServer {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private TcpSocketServer(
            Loop loop,
            ListenSpec spec,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        super(loop, spec, null, (LoopGroup) options.handTo(), TcpSocketStream::new, handler);
    }

    public static TcpSocketServer listen(
            Loop loop, SocketAddress address, ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        return listen(loop, address, ServerOptions.DEFAULT, handler);
    }

    public static TcpSocketServer listen(
            Loop loop,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(handler, "handler");
        InetSocketAddress inet = Connection.resolved(address);
        if (options.permissions() != null || options.replaceDeadSocket()) {
            throw new IllegalArgumentException(
                    "permissions and replaceDeadSocket are for Unix-domain servers, which have a"
                            + " file");
        }
        loop.check("listen");
        ensureSameBackend(loop, (LoopGroup) options.handTo());
        if (options.reusePort() && !loop.capabilities.balancedReusePort()) {
            throw IoException.because(
                    Code.NOT_SUPPORTED,
                    "listen " + address,
                    "this system does not balance connections between listeners of one port; "
                            + "use ServerOptions.handTo");
        }
        return opened(new TcpSocketServer(loop, specOf(loop, inet, options), options, handler));
    }

    /** See {@link TcpServer}. */
    public static List<TcpServer> listen(
            LoopGroup group,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        GroupListening.Opener<TcpSocketServer> opener =
                (loop, at, how) -> listen(loop, at, how, handler);
        return List.copyOf(GroupListening.listen(group, address, options, true, opener));
    }

    private static ListenSpec specOf(Loop loop, InetSocketAddress address, ServerOptions options)
            throws IoException {
        ensureNumbers(loop, options, address);
        return new ListenSpec(
                KernelAddress.toListenOn(address),
                options.backlog(),
                options.reuseAddress(),
                options.reusePort(),
                options.receiveBufferSize(),
                null,
                named(options),
                options.options());
    }

    private static Map<PortOption, Integer> named(ServerOptions options) {
        Map<PortOption, Integer> named = new EnumMap<>(PortOption.class);
        if (!options.deferAccept().isZero()) {
            long seconds = options.deferAccept().plusNanos(NANOS_PER_SECOND - 1).toSeconds();
            named.put(PortOption.DEFER_ACCEPT_SECONDS, (int) seconds);
        }
        if (options.fastOpen() != 0) {
            named.put(PortOption.FAST_OPEN_QUEUE, options.fastOpen());
        }
        if (options.trafficClass() != ServerOptions.UNSET) {
            named.put(PortOption.TRAFFIC_CLASS, options.trafficClass());
        }
        if (options.incomingCpu() != ServerOptions.UNSET) {
            named.put(PortOption.INCOMING_CPU, options.incomingCpu());
        }
        return named;
    }
}
