// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Soaks each backend in a process of its own, one after the other or all {@code --together}, and
 * prints as Markdown what has grown. {@code testkit/soak --help} says how to use it.
 *
 * <p>The first third of each run is left out: code is still being compiled then, and caches fill.
 * Of the rest, a measure is flat unless its trend is surely for the worse (the 95 per cent of its
 * slope lie on that side of zero) and the change over that time is more than its tolerance.
 */
public final class Soak {
    private static final int DESCRIPTORS = 1024;
    private static final int SAMPLES = 90;
    private static final int LEAST_INTERVAL = 2;
    private static final int LEAST_SAMPLES = 9;
    private static final int FIRST_JDK_THAT_WARNS = 24;

    private List<String> backends = usable();
    private double minutes = 30;
    private boolean together;
    private boolean tableOnly;
    private Path output = Path.of("testkit/target/soak");

    private Soak() {}

    public static void main(String[] arguments) throws Exception {
        Soak soak = new Soak();
        soak.parse(arguments);
        if (!soak.tableOnly) {
            soak.run();
        }
        System.exit(soak.print() ? 0 : 1);
    }

    private static List<String> usable() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name)
                .toList();
    }

    private void parse(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--together" -> together = true;
                case "--table" -> tableOnly = true;
                case "--minutes" -> minutes = Double.parseDouble(arguments[++i]);
                case "--backends" -> backends = List.of(arguments[++i].split(",", -1));
                case "--output" -> output = Path.of(arguments[++i]);
                default -> throw new IllegalArgumentException("no such option: " + arguments[i]);
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        Files.createDirectories(output);
        List<Process> running = new ArrayList<>();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> running.forEach(Process::destroyForcibly)));
        for (String backend : backends) {
            System.err.println("soak: " + backend + ", " + minutes + " minutes");
            running.add(start(backend));
            if (!together) {
                running.get(running.size() - 1).waitFor();
            }
        }
        for (Process each : running) {
            each.waitFor();
        }
    }

    private Process start(String backend) throws IOException {
        long seconds = Math.round(minutes * 60);
        long interval = Math.max(LEAST_INTERVAL, seconds / SAMPLES);
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c"));
        command.add("ulimit -n " + DESCRIPTORS + "; exec \"$@\"");
        command.add("sh");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A heap of one size, resident from the beginning: what grows is not the heap.
        command.addAll(List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(SoakProcess.class.getName(), backend));
        command.addAll(List.of(Long.toString(seconds), Long.toString(interval)));
        return new ProcessBuilder(command)
                .redirectOutput(output.resolve(backend + ".tsv").toFile())
                .redirectError(output.resolve(backend + ".err").toFile())
                .start();
    }

    /** Answers whether everything is flat. */
    private boolean print() throws IOException {
        System.out.println(
                "| backend | answers | visits | "
                        + Stream.of(Measure.values())
                                .map(Measure::title)
                                .collect(Collectors.joining(" | "))
                        + " | verdict |");
        System.out.println("|---|" + "--:|".repeat(2 + Measure.values().length) + "---|");
        boolean flat = true;
        for (String backend : backends) {
            flat &= print(backend, Files.readAllLines(output.resolve(backend + ".tsv")));
        }
        return flat;
    }

    private static boolean print(String backend, List<String> lines) {
        List<double[]> samples = new ArrayList<>();
        String totals = "did not end | ";
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            if (fields[0].equals("sample")) {
                samples.add(
                        Arrays.stream(fields).skip(1).mapToDouble(Double::parseDouble).toArray());
            } else {
                totals = fields[1] + " | " + fields[2];
            }
        }
        samples = samples.subList(samples.size() / 3, samples.size());
        StringBuilder row = new StringBuilder("| `" + backend + "` | " + totals);
        if (samples.size() < LEAST_SAMPLES) {
            System.out.println(row + " | too few samples |");
            return false;
        }
        List<String> growing = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            Trend trend = Trend.of(measure.of(samples));
            row.append(" | ").append(cell(trend));
            if (!measure.isFlat(trend)) {
                growing.add(measure.title());
            }
        }
        System.out.println(row + " | " + verdict(growing) + " |");
        return growing.isEmpty() && !totals.startsWith("did");
    }

    private static String verdict(List<String> growing) {
        return growing.isEmpty() ? "flat" : "not flat: " + String.join(", ", growing);
    }

    /** The median, and what the trend makes of it in the time that counts, with its interval. */
    private static String cell(Trend trend) {
        return String.format(
                Locale.ROOT,
                "%.0f, %+.0f (%+.0f to %+.0f)",
                trend.median(),
                trend.change(),
                trend.least(),
                trend.most());
    }
}
