// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.spi.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The options of {@link ProcessBench}. */
final class ProcessOptions {
    static final String USAGE =
            """
            usage: millrace bench --processes [OPTION]...

              --servers NAME,...             only these, compared with the first; --list names all
              --server-command NAME=COMMAND  one more, which listens on port {port} of 127.0.0.1
              --shapes CONNECTIONS/BYTES/INFLIGHT,...
                                             1/64/1,64/64/1,512/64/1,64/64/16,64/4096/1,64/65536/1
                                             if not given
              --protocol echo|http|grpc      what they speak, http and grpc those of Netty; echo
              --repetitions N                each goes there and back over all servers; 12
              --seconds S                    the length of a measured run; 0.3
              --warm-up S                    before, for each server and shape; 2
              --attempts N                   how often a disturbed run is made at most; 3
              --cpus SERVERS,LOAD            where they run; the first two allowed
              --output DIR                   where the results and the report go;
                                             benchmarks/target/report if not given
              --list                         say which servers there are, and what they are
              --help                         print this

            JAVA_OPTS replaces the options of the servers' virtual machines.
            """;

    private static final List<String> NAMES =
            Pattern.compile("--[a-z-]+").matcher(USAGE).results().map(MatchResult::group).toList();

    private static final String DEFAULT_SHAPES =
            "1/64/1,64/64/1,512/64/1,64/64/16,64/4096/1,64/65536/1";
    private static final int MOST_REPETITIONS = 1000;
    private static final int MOST_ATTEMPTS = 100;
    private static final double LEAST_SECONDS = 0.05;
    private static final double MOST_SECONDS = 600;

    private List<String> servers = List.of();
    private final List<ServerCommand> commands = new ArrayList<>();
    private List<Shape> shapes = shapes(DEFAULT_SHAPES);
    private Protocol protocol = Protocol.ECHO;
    private int repetitions = 12;
    private double seconds = 0.3;
    private double warmUpSeconds = 2;
    private int attempts = 3;
    private List<Integer> cpus = List.of();
    private Path output = ReportDirectory.usual();
    private boolean list;
    private boolean help;

    private ProcessOptions() throws UsageException {}

    static ProcessOptions parse(String... arguments) throws UsageException {
        ProcessOptions options = new ProcessOptions();
        int i = 0;
        while (i < arguments.length) {
            switch (arguments[i]) {
                case "--list" -> options.list = true;
                case "--help", "-h" -> options.help = true;
                default -> i += options.takeValue(arguments, i);
            }
            i++;
        }
        for (Shape shape : options.shapes) {
            options.protocol.require(shape);
        }
        return options;
    }

    /** Takes {@code --name value} or {@code --name=value}; returns how many further arguments. */
    private int takeValue(String[] arguments, int i) throws UsageException {
        String[] parts = arguments[i].split("=", 2);
        boolean apart = parts.length == 1;
        String value = "";
        if (!apart) {
            value = parts[1];
        } else if (i + 1 < arguments.length) {
            value = arguments[i + 1];
        }
        set(parts[0], value);
        return apart ? 1 : 0;
    }

    private void set(String name, String value) throws UsageException {
        switch (name) {
            case "--servers" -> servers = words(name, value);
            case "--server-command" -> commands.add(ServerCommand.parse(value));
            case "--protocol" -> protocol = Protocol.named(value);
            case "--shapes" -> shapes = shapes(value);
            case "--repetitions" -> repetitions = number(name, value, MOST_REPETITIONS);
            case "--seconds" -> seconds = seconds(name, value);
            case "--warm-up" -> warmUpSeconds = seconds(name, value);
            case "--attempts" -> attempts = number(name, value, MOST_ATTEMPTS);
            case "--cpus" -> cpus = cpus(value);
            case "--output" -> output = Path.of(words(name, value).get(0));
            default ->
                    throw new UsageException(
                            "no such option: "
                                    + name
                                    + "; --help lists them"
                                    + Spelling.hint(name, NAMES));
        }
    }

    private static List<String> words(String name, String value) throws UsageException {
        List<String> words = Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        if (words.contains("")) {
            throw new UsageException(name + " needs a value");
        }
        return words.stream().distinct().toList();
    }

    private static List<Shape> shapes(String value) throws UsageException {
        List<Shape> shapes = new ArrayList<>();
        for (String word : words("--shapes", value)) {
            shapes.add(Shape.parse(word));
        }
        return List.copyOf(shapes);
    }

    private static int number(String name, String value, int most) throws UsageException {
        if (!value.matches("[1-9][0-9]{0,5}") || Integer.parseInt(value) > most) {
            throw new UsageException(name + " is a number from 1 to " + most + ", not " + value);
        }
        return Integer.parseInt(value);
    }

    private static double seconds(String name, String value) throws UsageException {
        boolean decimal = value.matches("[0-9]{1,6}(\\.[0-9]{1,6})?");
        double seconds = decimal ? Double.parseDouble(value) : 0;
        if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
            throw new UsageException(
                    name + " is from " + LEAST_SECONDS + " to " + MOST_SECONDS + ", not " + value);
        }
        return seconds;
    }

    private static List<Integer> cpus(String value) throws UsageException {
        List<String> words = words("--cpus", value);
        if (words.size() != 2 || !words.stream().allMatch(word -> word.matches("[0-9]{1,5}"))) {
            throw new UsageException("--cpus is two different numbers such as 0,1, not " + value);
        }
        return words.stream().map(Integer::valueOf).toList();
    }

    /** Empty for all that can run here. */
    List<String> servers() {
        return servers;
    }

    List<ServerCommand> commands() {
        return commands;
    }

    Protocol protocol() {
        return protocol;
    }

    List<Shape> shapes() {
        return shapes;
    }

    int repetitions() {
        return repetitions;
    }

    double seconds() {
        return seconds;
    }

    double warmUpSeconds() {
        return warmUpSeconds;
    }

    int attempts() {
        return attempts;
    }

    /** Empty, or the servers' and the load's. */
    List<Integer> cpus() {
        return cpus;
    }

    Path output() {
        return output;
    }

    boolean list() {
        return list;
    }

    boolean help() {
        return help;
    }
}
