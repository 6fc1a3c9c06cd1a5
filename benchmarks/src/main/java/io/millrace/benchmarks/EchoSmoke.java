// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * One connection, one message at a time, on every backend that works here: whether they serve, and
 * roughly what a round trip costs. It is no comparison to decide by; a single short run has noise.
 */
public final class EchoSmoke {
    private static final int USAGE_ERROR = 2;
    private static final String USAGE = "usage: millrace bench  (takes no options yet)";

    private final Duration warmUp;
    private final Duration measured;

    EchoSmoke(Duration warmUp, Duration measured) {
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /** Prints the table, and ends with 0, with 1 if a backend failed, or with 2 for bad options. */
    public static void main(String[] arguments) {
        EchoSmoke smoke = new EchoSmoke(Duration.ofSeconds(1), Duration.ofSeconds(2));
        System.exit(smoke.run(arguments, System.out, System.err));
    }

    int run(String[] arguments, PrintStream out, PrintStream errors) {
        if (arguments.length > 0) {
            errors.println("millrace: unknown option: " + arguments[0]);
            errors.println(USAGE);
            return USAGE_ERROR;
        }
        int status = 0;
        out.println("backend     round trips/s   p50 us   p99 us");
        for (String backend : usable()) {
            try {
                out.println(row(backend, measure(backend)));
            } catch (IOException | IllegalStateException failure) {
                errors.println("millrace: " + backend + " failed: " + failure);
                status = 1;
            }
        }
        return status;
    }

    private static List<String> usable() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name)
                .toList();
    }

    private Histogram measure(String backend) throws IOException {
        try (EchoPeer server = new EchoPeer(backend);
                BlockingClient client = new BlockingClient(server.address())) {
            client.roundTrips(warmUp);
            return client.roundTrips(measured);
        }
    }

    private String row(String backend, Histogram nanos) {
        return String.format(
                Locale.ROOT,
                "%-10s %14.0f %8.1f %8.1f",
                backend,
                nanos.getTotalCount() / (measured.toNanos() / 1e9),
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3);
    }
}
