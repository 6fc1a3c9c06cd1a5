// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.benchmarks.millrace.MillraceKind;
import io.millrace.benchmarks.netty.NettyKind;
import io.millrace.benchmarks.netty.NettyTransport;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.net.ReadHandler;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsServer;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way to echo over TLS: a backend of Millrace, or a transport of Netty with its {@code
 * SslHandler}. Both make their engines of the same {@code SSLContext}. Stateless.
 */
public abstract class TlsKind {
    /** What tells its name from that of the same server without TLS. */
    public static final String SUFFIX = "-tls";

    /** Agreed on in every handshake; Netty's own support of Conscrypt comes with that. */
    static final String PROTOCOL = "echo";

    private static final ReadHandler ECHO = (stream, chunk) -> stream.write(chunk);

    /** Backends that a system has for those who care what a message costs. */
    private static final List<String> USUAL = List.of("epoll", "io_uring", "kqueue");

    private final ServerKind carrier;

    private TlsKind(ServerKind carrier) {
        this.carrier = carrier;
    }

    /** As it is called in parameters and reports. */
    public final String name() {
        return carrier.name() + SUFFIX;
    }

    /** Why it cannot run here, or null if it can. */
    public final @Nullable String refusal() {
        return carrier.refusal();
    }

    /**
     * Starts an echo on one loop, on a port of the system's choice.
     *
     * @param tickets whether sessions are to be resumed, as the context was made to. Not without
     *     need: an echo of full records by Netty 4.2 with Conscrypt stands still with them. The
     *     engine puts its tickets in front of its first record, which then has 16,824 bytes, while
     *     its session says that a packet has 16,709 at most; and it answers a buffer of that size
     *     with BUFFER_OVERFLOW although it has taken the plaintext, so that nobody asks again
     */
    public abstract RunningServer start(TlsContext context, boolean tickets) throws IOException;

    /**
     * Those of these backends, or the usual ones if there are none; then Netty's.
     *
     * @param allPeers whether each transport of Netty's, or only the one with which all are
     *     compared
     */
    public static List<TlsKind> of(List<String> backends, boolean allPeers) {
        List<TlsKind> kinds = new ArrayList<>();
        for (BackendInfo backend : Backends.report().backends()) {
            boolean isAsked =
                    backends.isEmpty()
                            ? USUAL.contains(backend.name())
                            : backends.contains(backend.name());
            if (isAsked) {
                kinds.add(new OfMillrace(new MillraceKind(backend)));
            }
        }
        kinds.removeIf(kind -> kind.refusal() != null);
        List<TlsKind> peers = peers();
        kinds.addAll(allPeers ? peers : peers.subList(peers.size() - 1, peers.size()));
        return kinds;
    }

    /** Those of Netty's that can run here, the one with which is compared last. */
    private static List<TlsKind> peers() {
        List<TlsKind> kinds = new ArrayList<>();
        for (NettyTransport transport :
                List.of(NettyTransport.NIO, NettyTransport.IO_URING, NettyTransport.EPOLL)) {
            kinds.add(new OfNetty(new NettyKind(transport)));
        }
        kinds.removeIf(kind -> kind.refusal() != null);
        if (kinds.size() > 1) {
            kinds.remove(0);
        }
        return kinds;
    }

    /** All that can run here. */
    public static List<String> usableNames() {
        return of(List.of(), true).stream().map(TlsKind::name).toList();
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    public static TlsKind usable(String name) {
        List<String> all = new ArrayList<>();
        Backends.report().backends().forEach(backend -> all.add(backend.name()));
        List<String> names = new ArrayList<>();
        for (TlsKind kind : of(all, true)) {
            if (kind.name().equals(name)) {
                return kind;
            }
            names.add(kind.name());
        }
        throw new IllegalArgumentException(
                "no server is called " + name + "; there are " + String.join(", ", names));
    }

    private static final class OfMillrace extends TlsKind {
        private final MillraceKind backend;

        OfMillrace(MillraceKind backend) {
            super(backend);
            this.backend = backend;
        }

        @Override
        public RunningServer start(TlsContext context, boolean tickets) throws IOException {
            return backend.start(TlsServer.handler(context, stream -> stream.read(ECHO)));
        }
    }

    private static final class OfNetty extends TlsKind {
        private final NettyKind transport;

        OfNetty(NettyKind transport) {
            super(transport);
            this.transport = transport;
        }

        @Override
        public RunningServer start(TlsContext context, boolean tickets) throws IOException {
            JdkSslContext tls =
                    new JdkSslContext(
                            tickets
                                    ? new TicketContext(context.sslContext(), Engines::useTickets)
                                    : context.sslContext(),
                            false,
                            context.cipherSuites(),
                            IdentityCipherSuiteFilter.INSTANCE,
                            new ApplicationProtocolConfig(
                                    Protocol.ALPN,
                                    SelectorFailureBehavior.NO_ADVERTISE,
                                    SelectedListenerFailureBehavior.ACCEPT,
                                    PROTOCOL),
                            ClientAuth.NONE,
                            context.protocols().toArray(String[]::new),
                            false);
            return transport.startEcho(
                    allocator -> {
                        SslHandler handler = tls.newHandler(allocator);
                        handler.setHandshakeTimeoutMillis(Engines.HANDSHAKE_TIME.toMillis());
                        return handler;
                    });
        }
    }
}
