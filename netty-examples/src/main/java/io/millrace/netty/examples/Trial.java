// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Puts each example under load for a while on each backend, and says what became of the requests:
 * those of HTTP under wrk, which has to be installed, the greeter under clients on the same
 * transport. {@code Trial [SECONDS [BACKEND,...]]}; the status is 1 if anything has failed.
 */
public final class Trial {
    private static final int DEFAULT_SECONDS = 60;
    private static final String DEFAULT_BACKENDS = "io_uring,epoll,epoll-et,nio";
    private static final int CONNECTIONS = 64;

    private Trial() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_SECONDS;
        String names = arguments.length > 1 ? arguments[1] : DEFAULT_BACKENDS;
        System.out.printf(
                "Netty %s, Java %s, %d connections, %d seconds each%n",
                Example.netty(), Runtime.version(), CONNECTIONS, seconds);
        boolean isWell = true;
        for (String backend : List.of(names.split(","))) {
            for (Example example : Example.values()) {
                isWell &= trial(example, backend, seconds);
            }
        }
        System.exit(isWell ? 0 : 1);
    }

    private static boolean trial(Example example, String backend, int seconds) throws Exception {
        LoopOptions options = LoopOptions.builder().backend(backend).build();
        Tally tally;
        try (ExampleServer server = example.serve(options, 0)) {
            tally =
                    example.isHttp()
                            ? WrkLoad.run(server.address(), CONNECTIONS, seconds)
                            : greet(server, options, seconds);
        }
        System.out.printf(
                "%-8s %-8s %s%n", backend, example.name().toLowerCase(Locale.ROOT), tally);
        return tally.failed() == 0 && tally.answered() > 0;
    }

    private static Tally greet(ExampleServer server, LoopOptions options, int seconds)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        return GrpcLoad.run(
                server.address(), options, CONNECTIONS, () -> System.nanoTime() - end < 0);
    }
}
