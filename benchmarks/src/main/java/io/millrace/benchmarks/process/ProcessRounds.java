// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.statistics.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a request costs servers that are processes, for whoever compares that with other figures.
 */
public final class ProcessRounds {
    private ProcessRounds() {}

    /**
     * Microseconds of CPU time for a request, by shape and server.
     *
     * @param servers by their names; what cannot run here is left out
     * @param shapes in the notation of {@code --shapes}
     */
    public static Map<String, Map<String, Rounds>> measure(
            List<String> servers,
            List<String> shapes,
            int repetitions,
            double seconds,
            Consumer<String> progress)
            throws IOException, UsageException {
        ProcessOptions options =
                ProcessOptions.parse(
                        "--servers",
                        String.join(",", servers),
                        "--shapes",
                        String.join(",", shapes),
                        "--repetitions",
                        Integer.toString(repetitions),
                        "--seconds",
                        Double.toString(seconds));
        Catalogue catalogue = new Catalogue(options.protocol(), List.of());
        List<Candidate> candidates = new ArrayList<>();
        for (String server : servers) {
            candidates.add(catalogue.prepare(server));
        }
        Results results = new Results(options.protocol(), candidates, options.shapes());
        Path logs = Files.createTempDirectory("millrace-processes");
        try (Session session =
                new Session(options, Pinning.choose(options.cpus()), results, progress)) {
            session.run(logs);
        } finally {
            ProcessBench.delete(logs);
        }
        return rounds(results);
    }

    private static Map<String, Map<String, Rounds>> rounds(Results results) {
        Map<String, Map<String, Rounds>> all = new LinkedHashMap<>();
        for (Shape shape : results.shapes()) {
            Map<String, Rounds> costs = new LinkedHashMap<>();
            for (String server : results.measured(shape)) {
                var figures =
                        results.figures(
                                server, shape, sample -> sample.window().cpuMicrosPerRequest());
                costs.put(server, new Rounds(List.of(List.copyOf(figures.values()))));
            }
            all.put(shape.toString(), costs);
        }
        return all;
    }
}
