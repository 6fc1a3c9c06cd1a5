// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The course of a run: all servers are started, warmed up with every shape, and then measured in
 * turn. An idle server costs nothing, so they all stay; that one which does not idle shows as
 * disturbance.
 *
 * <p>A server that fails is out, with the reason, and the others go on.
 */
final class Session implements AutoCloseable {
    /** Connections are made, and a closed loop has found its rhythm. */
    private static final double SETTLE_SECONDS = 0.2;

    /** Too short to measure anything, as the window of a warm-up must be. */
    private static final double NO_WINDOW_SECONDS = 0.02;

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int LEGS = 2;

    /** Connections break before the process that had them has ended. */
    private static final long END_MILLIS = 500;

    private final ProcessOptions options;
    private final Pinning pinning;
    private final Results results;
    private final Consumer<String> progress;
    private final LoadProcess load;
    private final List<ServerProcess> servers = new ArrayList<>();

    Session(ProcessOptions options, Pinning pinning, Results results, Consumer<String> progress)
            throws IOException {
        this.options = options;
        this.pinning = pinning;
        this.results = results;
        this.progress = progress;
        load = LoadProcess.start(pinning);
    }

    /**
     * Measures.
     *
     * @throws IOException if the comparison as a whole cannot go on
     */
    void run(Path logs) throws IOException {
        for (Candidate candidate : results.candidates()) {
            if (candidate.usable()) {
                start(candidate, logs);
            }
        }
        warmUp();
        for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
            for (Shape shape : options.shapes()) {
                progress.accept(
                        String.format(
                                Locale.ROOT,
                                "repetition %d of %d, %s",
                                repetition,
                                options.repetitions(),
                                shape));
                measure(repetition, shape);
            }
        }
    }

    private void start(Candidate candidate, Path logs) throws IOException {
        progress.accept("starting " + candidate.name());
        ServerProcess server = ServerProcess.start(candidate, pinning, logs);
        servers.add(server);
        try {
            server.awaitListening(START_LIMIT);
        } catch (IOException e) {
            drop(server, String.valueOf(e.getMessage()));
        }
    }

    /** Every byte is compared in every run; so this also finds those that do not echo. */
    private void warmUp() throws IOException {
        for (ServerProcess server : List.copyOf(servers)) {
            progress.accept("warming up " + server.name());
            for (Shape shape : options.shapes()) {
                if (servers.contains(server) && server.candidate().serves(shape)) {
                    run(server, shape, options.warmUpSeconds(), NO_WINDOW_SECONDS);
                }
            }
        }
    }

    private void measure(int repetition, Shape shape) throws IOException {
        List<ServerProcess> order = new ArrayList<>(servers);
        order.removeIf(server -> !server.candidate().serves(shape));
        for (int leg = 1; leg <= LEGS; leg++) {
            for (ServerProcess server : order) {
                if (servers.contains(server)) {
                    measure(server, shape, repetition, leg);
                }
            }
            Collections.reverse(order);
        }
    }

    /** Repeats what others disturbed, and keeps the least disturbed. */
    private void measure(ServerProcess server, Shape shape, int repetition, int leg)
            throws IOException {
        Window best = null;
        int attempt = 0;
        while (attempt < options.attempts() && (best == null || best.disturbed())) {
            attempt++;
            Window window = run(server, shape, SETTLE_SECONDS, options.seconds()).window();
            if (window == null) {
                return;
            }
            if (best == null || window.disturbance() < best.disturbance()) {
                best = window;
            }
        }
        if (best != null) {
            long resident = server.residentKibibytes();
            results.add(new Sample(server.name(), shape, repetition, leg, attempt, best, resident));
        }
    }

    /** One run of the load; a server that did not come through is out. */
    private LoadReply run(ServerProcess server, Shape shape, double warmUp, double seconds)
            throws IOException {
        LoadReply reply =
                load.run(
                        new LoadRequest(
                                server.port(),
                                server.allocationPort(),
                                options.protocol(),
                                shape,
                                warmUp,
                                seconds,
                                server.processes(),
                                pinning.cpus()));
        String failure = reply.failure();
        if (failure != null) {
            drop(server, reason(server, shape, failure));
        }
        return reply;
    }

    /** If the server has ended, its own last words say more than its lost connections. */
    private static String reason(ServerProcess server, Shape shape, String failure) {
        try {
            server.requireAlive("under " + shape, END_MILLIS);
            return shape + ": " + failure;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void drop(ServerProcess server, String reason) {
        results.fail(server.name(), reason);
        if (!results.isFrozen()) {
            progress.accept(server.name() + " is out: " + reason);
        }
        servers.remove(server);
        server.close();
    }

    /** Ends all processes. */
    @Override
    public void close() {
        load.close();
        servers.forEach(ServerProcess::close);
    }
}
