// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections on to another server, byte by byte, until both sides have finished.
 *
 * <p>The client is read from at once: what it sends before the other connection is there waits in
 * that one's write queue. The two streams of a pair live on one loop and end together.
 */
public final class ProxyServer {
    /** A server that has not answered by now would keep the client waiting for nothing. */
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);

    private final SocketAddress target;
    private final @Nullable TlsContext tls;
    private final String name;

    ProxyServer(SocketAddress target) {
        this(target, null, "");
    }

    /**
     * @param tls null to pass on in the clear; otherwise the target is spoken to in TLS
     * @param name that the target's certificate must be for
     */
    ProxyServer(SocketAddress target, @Nullable TlsContext tls, String name) {
        this.target = target;
        this.tls = tls;
        this.name = name;
    }

    public static void main(String[] arguments) {
        new ServerProgram(
                        "proxy",
                        ServerProgram.SCALABLE
                                + " --to HOST:PORT [--to-tls NAME] [--trust CERTIFICATES]",
                        options -> of(options)::pass)
                .launch(arguments);
    }

    private static ProxyServer of(Options options) throws UsageException {
        InetSocketAddress target = options.address("to");
        if (!options.has("to-tls")) {
            if (options.has("trust")) {
                throw new UsageException("--trust goes with --to-tls");
            }
            return new ProxyServer(target);
        }
        try {
            TlsContext.Builder context = TlsContext.builder();
            if (options.has("trust")) {
                context.trust(Path.of(options.text("trust")));
            }
            return new ProxyServer(target, context.build(), options.text("to-tls"));
        } catch (IoException unusable) {
            throw new UsageException("--trust: " + unusable.getMessage());
        }
    }

    void pass(ByteStream client) {
        TcpStream connection = TcpStream.open(client.loop());
        connection
                .connect(target, CONNECT_DEADLINE)
                .whenComplete((connected, failure) -> endIfFailed(client, failure));
        ByteStream server = connection;
        if (tls != null) {
            int port = ((InetSocketAddress) target).getPort();
            TlsStream stream = TlsStream.client(connection, tls, name, port);
            stream.handshake().whenComplete((shaken, failure) -> endIfFailed(client, failure));
            server = stream;
        }
        ProxyPair.join(client, server);
    }

    /** Whoever is not served hears of a failure, and of no end. */
    private static void endIfFailed(ByteStream client, @Nullable Throwable failure) {
        if (failure != null) {
            client.closeReset();
        }
    }
}
