// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A server of HTTP by Vert.x. */
final class VertxHello {
    private static final long PATIENCE_SECONDS = 30;

    private VertxHello() {}

    static ExampleServer serve(LoopOptions options, int port) throws Exception {
        Vertx vertx =
                Vertx.builder()
                        // The line that matters.
                        .withTransport(new MillraceVertxTransport(options))
                        .build();
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("Vert.x has not taken the transport");
        }
        HttpServer server =
                vertx.createHttpServer()
                        .requestHandler(request -> request.response().end("Hello, world!\n"))
                        .listen(port, InetAddress.getLoopbackAddress().getHostAddress())
                        .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return new Server(vertx, server);
    }

    private record Server(Vertx vertx, HttpServer server) implements ExampleServer {
        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
        }

        @Override
        public void close() {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
