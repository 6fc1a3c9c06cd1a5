// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import com.google.gson.Gson;
import io.millrace.benchmarks.cpu.Reading;
import io.millrace.benchmarks.load.RequestLoad;
import io.millrace.benchmarks.server.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The process that loads the servers: one {@link LoadRequest} a line on its standard input, one
 * {@link LoadReply} a line on its standard output, until its input ends. The same process loads all
 * servers, so its own compiled code is warm when it matters.
 *
 * <p>The load is that of all benchmarks here, and compares every byte in every run.
 */
public final class LoadGenerator {
    /** For requests whose start lies before the reading of the first end to be answered. */
    private static final long SETTLING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double HALF = 50;
    private static final double NINETY_NINE = 99;
    private static final double NINETY_NINE_NINE = 99.9;

    private final LoadRequest request;

    /** Another process; that it has failed shows on its connections. */
    private record Remote(InetSocketAddress address) implements RunningServer {
        @Override
        public void check() {}

        @Override
        public void close() {}
    }

    private LoadGenerator(LoadRequest request) {
        this.request = request;
    }

    @SuppressWarnings("SystemOut") // The lines are for the parent.
    public static void main(String[] arguments) throws IOException {
        serve(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    private static void serve(BufferedReader requests, PrintStream replies) throws IOException {
        Gson gson = new Gson();
        String line = requests.readLine();
        while (line != null) {
            LoadRequest request = gson.fromJson(line, LoadRequest.class);
            replies.println(gson.toJson(new LoadGenerator(request).reply()));
            line = requests.readLine();
        }
    }

    private LoadReply reply() {
        try {
            return new LoadReply(measure(), null);
        } catch (IOException e) {
            return new LoadReply(null, String.valueOf(e.getMessage()));
        }
    }

    private Window measure() throws IOException {
        RunningServer server =
                new Remote(new InetSocketAddress(InetAddress.getLoopbackAddress(), request.port()));
        Shape shape = request.shape();
        try (RequestLoad load = request.protocol().load(server, shape)) {
            load.runFor(nanos(request.warmUpSeconds()));
            Window window = measure(load);
            load.finish();
            return window;
        }
    }

    private Window measure(RequestLoad load) throws IOException {
        List<Long> processes = request.serverProcesses();
        List<Integer> cpus = request.cpus();
        Histogram latencies = load.latencies();
        long allocated = allocatedBytes();
        Reading begin = Reading.ofProcesses(processes, cpus);
        long requests = load.runFor(SETTLING_NANOS);
        latencies.reset();
        requests += load.runFor(nanos(request.seconds()));
        if (requests == 0) {
            // The first calls of a server that is cold take longer than a short window.
            load.run(1);
            requests = 1;
        }
        Reading end = Reading.ofProcesses(processes, cpus);
        allocated = allocatedBytes() - allocated;
        return new Window(
                end.since(begin),
                requests,
                request.allocationPort() == 0 ? null : Long.valueOf(Math.max(0, allocated)),
                latencies.getValueAtPercentile(HALF),
                latencies.getValueAtPercentile(NINETY_NINE),
                latencies.getValueAtPercentile(NINETY_NINE_NINE));
    }

    private long allocatedBytes() throws IOException {
        int port = request.allocationPort();
        return port == 0 ? 0 : AllocationTeller.ask(port);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * NANOS_PER_SECOND);
    }
}
