// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each example answers some hundred requests on each backend, and none in vain. */
class ExamplesTest {
    private static final List<String> REQUIRED =
            List.of(System.getProperty("millrace.required", "").split(","));

    private static final int CONNECTIONS = 8;
    private static final int REQUESTS = 240;

    @ParameterizedTest
    @CsvSource({
        "HTTP, nio", "HTTP, epoll", "HTTP, epoll-et", "HTTP, io_uring",
        "GRPC, nio", "GRPC, epoll", "GRPC, epoll-et", "GRPC, io_uring",
        "VERTX, nio", "VERTX, epoll", "VERTX, epoll-et", "VERTX, io_uring",
        "REACTOR, nio", "REACTOR, epoll", "REACTOR, epoll-et", "REACTOR, io_uring"
    })
    void everyRequestIsAnswered(Example example, String backend) throws Exception {
        assumeUsable(backend);
        LoopOptions options = LoopOptions.builder().backend(backend).build();
        Tally tally;
        try (ExampleServer server = example.serve(options, 0)) {
            if (example.isHttp()) {
                tally = HttpLoad.run(server.address(), CONNECTIONS, REQUESTS);
            } else {
                AtomicInteger left = new AtomicInteger(REQUESTS - CONNECTIONS);
                tally =
                        GrpcLoad.run(
                                server.address(),
                                options,
                                CONNECTIONS,
                                () -> left.getAndDecrement() > 0);
            }
        }
        assertEquals(REQUESTS + " requests, 0 errors", tally.toString());
    }

    private static void assumeUsable(String backend) {
        for (BackendProvider each : ServiceLoader.load(BackendProvider.class)) {
            if (each.name().equals(backend)) {
                Availability answer = each.probe();
                assumeTrue(answer.usable() || REQUIRED.contains(backend), answer.reason());
                return;
            }
        }
        throw new IllegalStateException("no backend is called " + backend);
    }
}
