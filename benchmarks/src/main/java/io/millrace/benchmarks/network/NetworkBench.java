// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.network;

import io.millrace.benchmarks.ForkedJvm;
import io.millrace.benchmarks.statistics.Interval;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What an echo of a datagram, an answer in bulk, and an echo over a Unix-domain socket cost the CPU
 * time of servers that are processes: Millrace's backends, one in C, and Netty. The servers run on
 * CPU 0, the load, in C, on CPU 1; it is the one that reads what the server's threads have run. All
 * servers of a topic are started and warmed up first; then, in each repetition, they take turns
 * there and back again, and a repetition's figure is the mean of both. Linux with gcc and taskset.
 *
 * <p>Arguments: {@code [seconds of a window] [repetitions] [udp,bulk,unix]}; 1, 8, and all.
 */
public final class NetworkBench {
    private static final String JVM =
            "-Xms512m -Xmx512m -XX:+UseSerialGC -XX:MaxDirectMemorySize=2g";
    private static final double WARM_UP_WINDOWS = 5;
    private static final long START_NANOS = 60_000_000_000L;
    private static final long LOOK_MILLIS = 50;
    private static final double NANOS_PER_MICRO = 1e3;

    /** What a load says. */
    private static final Pattern REPORT =
            Pattern.compile("(\\d+) echoes, (\\d+) lost, .* s, ([\\d.]+) ns .*, ([\\d.]+) CPUs");

    private static final Pattern ANNOUNCED = Pattern.compile("(?m)^listening on (\\d+)$");

    private final Path folder;
    private final double seconds;
    private final int repetitions;

    private NetworkBench(Path folder, double seconds, int repetitions) {
        this.folder = folder;
        this.seconds = seconds;
        this.repetitions = repetitions;
    }

    /** One server that runs. */
    private record Running(String name, Process process, String where) {}

    /** What a load has said. */
    private record Window(double nanos, double cpus, long lost) {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
        int repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8;
        List<String> asked =
                arguments.length > 2 ? List.of(arguments[2].split(",", -1)) : List.of();
        Path folder = Files.createTempDirectory("millrace-network");
        NetworkBench bench = new NetworkBench(folder, seconds, repetitions);
        try {
            for (Topic topic : Topic.ALL) {
                if (asked.isEmpty() || asked.contains(topic.name())) {
                    bench.measure(topic);
                }
            }
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void measure(Topic topic) throws IOException, InterruptedException {
        compile(topic.load());
        List<Running> servers = new ArrayList<>();
        try {
            for (String name : topic.servers()) {
                servers.add(start(topic, name));
            }
            for (Topic.Shape shape : topic.shapes()) {
                for (Running server : servers) {
                    load(topic, server, shape, WARM_UP_WINDOWS * seconds);
                }
                measure(topic, servers, shape);
            }
        } finally {
            for (Running server : servers) {
                server.process().destroyForcibly().waitFor();
            }
        }
    }

    private void measure(Topic topic, List<Running> servers, Topic.Shape shape)
            throws IOException, InterruptedException {
        Map<String, Figures> figures = new LinkedHashMap<>();
        servers.forEach(server -> figures.put(server.name(), new Figures()));
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (Running server : servers) {
                figuresOf(server.name(), figures).begin(load(topic, server, shape, seconds));
            }
            for (int i = servers.size() - 1; i >= 0; i--) {
                Running server = servers.get(i);
                figuresOf(server.name(), figures).end(load(topic, server, shape, seconds));
            }
        }
        print("%n%s %s: µs of CPU time for an %s%n", topic.name(), shape, topic.unit());
        figures.forEach(
                (name, each) ->
                        print(
                                "  %-10s %8.3f   at most %.2f CPUs, %d lost%n",
                                name,
                                Interval.median(each.nanos) / NANOS_PER_MICRO,
                                each.mostCpus,
                                each.lost));
        List<List<String>> pairs = topic.pairs();
        for (List<String> pair : pairs) {
            List<Double> ratios =
                    figuresOf(pair.get(0), figures).over(figuresOf(pair.get(1), figures));
            Interval ratio = Interval.of(ratios, Interval.USUAL_DOUBT / pairs.size());
            print(
                    "  %-10s / %-10s %.3f (%.3f to %.3f)%n",
                    pair.get(0), pair.get(1), ratio.median(), ratio.low(), ratio.high());
        }
    }

    private static Figures figuresOf(String server, Map<String, Figures> all) {
        return Objects.requireNonNull(all.get(server), server);
    }

    /** Those of one server with one shape. */
    private static final class Figures {
        /** The mean of both windows of each repetition. */
        final List<Double> nanos = new ArrayList<>();

        double mostCpus;
        long lost;
        private double first;

        void begin(Window there) {
            first = there.nanos();
            note(there);
        }

        void end(Window back) {
            nanos.add((first + back.nanos()) / 2);
            note(back);
        }

        private void note(Window window) {
            mostCpus = Math.max(mostCpus, window.cpus());
            lost += window.lost();
        }

        List<Double> over(Figures other) {
            return IntStream.range(0, nanos.size())
                    .mapToObj(each -> nanos.get(each) / other.nanos.get(each))
                    .toList();
        }
    }

    @SuppressWarnings({"SystemOut", "AnnotateFormatMethod"})
    private static void print(String format, Object... arguments) {
        System.out.printf(Locale.ROOT, format, arguments);
    }

    private Window load(Topic topic, Running server, Topic.Shape shape, double duration)
            throws IOException, InterruptedException {
        List<String> command =
                pinned(
                        1,
                        folder.resolve(topic.load()).toString(),
                        server.where(),
                        Integer.toString(shape.peers()),
                        Integer.toString(shape.bytes()),
                        Integer.toString(shape.inFlight()),
                        Double.toString(duration),
                        Long.toString(server.process().pid()));
        if (shape.answer() > 0) {
            command.add(Integer.toString(shape.answer()));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher report = REPORT.matcher(said);
        if (process.waitFor() != 0 || !report.find()) {
            throw new IOException(server.name() + " under " + command + ": " + said.strip());
        }
        if (report.group(1).equals("0")) {
            throw new IOException(server.name() + " has answered nothing: " + said.strip());
        }
        return new Window(
                Double.parseDouble(report.group(3)),
                Double.parseDouble(report.group(4)),
                Long.parseLong(report.group(2)));
    }

    private Running start(Topic topic, String name) throws IOException, InterruptedException {
        List<String> command;
        String source = topic.source();
        String path = Topic.path(name, folder);
        boolean hasPath = topic.load().equals("load_unix");
        if (name.equals(Topic.C) && source != null) {
            compile(source);
            command = pinned(0, folder.resolve(source).toString());
            if (hasPath) {
                command.add(path);
            }
        } else {
            command = pinned(0, Path.of(System.getProperty("java.home"), "bin/java").toString());
            command.addAll(List.of(JVM.split(" ", -1)));
            command.addAll(ForkedJvm.accessOptions());
            command.addAll(List.of("-cp", System.getProperty("java.class.path")));
            command.add(NetworkServer.class.getName());
            command.addAll(topic.arguments(name, folder));
        }
        File log = folder.resolve(topic.name() + "-" + name + ".log").toFile();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(log))
                        .start();
        try {
            String port = awaitListening(name, process, log.toPath());
            return new Running(name, process, hasPath ? path : port);
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static String awaitListening(String name, Process process, Path log)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            String said = Files.readString(log);
            Matcher announced = ANNOUNCED.matcher(said);
            if (announced.find()) {
                return announced.group(1);
            }
            boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() - begun > START_NANOS) {
                throw new IOException(name + " does not listen: " + said.strip());
            }
        }
    }

    private static List<String> pinned(int cpu, String... words) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(cpu)));
        command.addAll(List.of(words));
        return command;
    }

    private void compile(String source) throws IOException, InterruptedException {
        Path file = sources().resolve(source + ".c");
        Process process =
                new ProcessBuilder(
                                "gcc",
                                "-O2",
                                "-std=gnu11",
                                "-o",
                                folder.resolve(source).toString(),
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(file + " does not compile: " + said.strip());
        }
    }

    /** In the tree that these classes were built in. */
    private static Path sources() {
        try {
            Path code =
                    Path.of(
                            NetworkBench.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return code.resolveSibling("").toAbsolutePath().normalize().resolveSibling("native");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
