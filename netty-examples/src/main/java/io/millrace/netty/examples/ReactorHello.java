// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A server of HTTP by Reactor Netty. */
final class ReactorHello {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ReactorHello() {}

    static ExampleServer serve(LoopOptions options, int port) {
        MillraceLoopResources loops = new MillraceLoopResources(1, options);
        DisposableServer server =
                HttpServer.create()
                        // The line that matters.
                        .runOn(loops)
                        .host(InetAddress.getLoopbackAddress().getHostAddress())
                        .port(port)
                        .handle(
                                (request, response) ->
                                        response.sendString(Mono.just("Hello, world!\n")))
                        .bindNow(PATIENCE);
        return new Server(loops, server);
    }

    private record Server(MillraceLoopResources loops, DisposableServer server)
            implements ExampleServer {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) server.address();
        }

        @Override
        public void close() {
            server.disposeNow(PATIENCE);
            loops.disposeLater(Duration.ZERO, PATIENCE).block();
        }
    }
}
