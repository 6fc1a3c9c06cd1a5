// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.Parameters;
import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.spi.Spelling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** The options of {@code millrace bench}. */
final class BenchOptions {
    static final String USAGE =
            """
            usage: millrace bench [OPTION]...
                   millrace bench --processes [OPTION]...
                                   echo servers as processes, beside C; --help lists its options

              --full               every combination of parameters, and the peers; some hours
              --peers              compare with the peers too: Netty, smart-socket, java.nio, NIO.2,
                                   virtual threads
              --tls                what TLS costs instead: echo and handshakes, with the engines of
                                   the JDK and of Conscrypt, beside Netty's epoll with the same,
                                   and with --peers beside its io_uring too
              --minutes N          how long it may take: 8 if not given, 12 with --peers or --tls,
                                   with --full as long as it takes; more time makes narrower
                                   intervals
              --until P%           go on until the intervals of the first figure of every chart are
                                   no wider than ± P %, however long that takes
              --backends NAME,...  only these backends; without it, all that can run here
              --filter REGEX       only what matches, of lines such as
                                   "Echo.roundTrip connections=64 bytes=64 inFlight=1 server=nio"
              --output DIR         where the report goes; benchmarks/target/report if not given
              --charts DIR         draw the charts of the quick set as SVG files too
              --dry-run            say what would run, and how long it would take
              --resume             keep what --output holds, and measure what is missing
              --render             run nothing, show again what --output holds
              --compare DIR DIR    run nothing, compare the verdicts of two reports: the exit status
                                   is 1 if one has told two subjects apart in the opposite order
              --self-check         the bench itself: one server under two names, which it must not
                                   tell apart, and one that costs a tenth more, which it must
                                   (--minutes N, 20 if not given; --disturb lets another process
                                   use half of a CPU meanwhile)
              --calibrate          compare the ratios of echo with those of --processes
              --help               print this
              --jmh OPTION...      all that follows is for JMH, such as -f 3 or -prof gc
            """;

    private static final List<String> NAMES =
            Pattern.compile("--[a-z-]+").matcher(USAGE).results().map(MatchResult::group).toList();

    private static final List<String> VALUED =
            List.of("--backends", "--filter", "--output", "--charts", "--minutes", "--until");

    private static final double QUICK_MINUTES = 8;
    private static final double PEERS_MINUTES = 12;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double PERCENT = 100;

    private final List<String> arguments;
    private boolean full;
    private boolean peers;
    private boolean tls;
    private boolean dryRun;
    private boolean resume;
    private boolean render;
    private boolean help;
    private boolean selfCheck;
    private boolean calibrate;
    private boolean disturb;
    private double minutes;
    private double until;
    private List<String> backends = List.of();
    private @Nullable Pattern filter;
    private Path output = ReportDirectory.usual();
    private @Nullable Path charts;
    private List<Path> compared = List.of();
    private String[] jmhArguments = {};
    private final CommandLineOptions jmh;

    private BenchOptions(List<String> arguments) throws UsageException {
        this.arguments = arguments;
        int i = 0;
        while (i < arguments.size() && !arguments.get(i).equals("--jmh")) {
            i += take(i);
        }
        if (i < arguments.size()) {
            jmhArguments = arguments.subList(i + 1, arguments.size()).toArray(new String[0]);
        }
        if (tls && full) {
            throw new UsageException("--tls is a set of its own: leave out --full");
        }
        if (dryRun && (selfCheck || calibrate)) {
            throw new UsageException(
                    "--dry-run says what a set would measure: leave it out with --self-check and"
                            + " --calibrate");
        }
        jmh = parseJmh(jmhArguments);
    }

    static BenchOptions parse(String... arguments) throws UsageException {
        return new BenchOptions(List.of(arguments));
    }

    /** Returns how many arguments belonged to the option at {@code i}. */
    private int take(int i) throws UsageException {
        switch (arguments.get(i)) {
            case "--full" -> full = true;
            case "--peers" -> peers = true;
            case "--tls" -> tls = true;
            case "--dry-run" -> dryRun = true;
            case "--resume" -> resume = true;
            case "--render" -> render = true;
            case "--self-check" -> selfCheck = true;
            case "--disturb" -> disturb = true;
            case "--calibrate" -> calibrate = true;
            case "--help", "-h" -> help = true;
            case "--compare" -> {
                return takeCompared(i);
            }
            default -> {
                return takeWithValue(i);
            }
        }
        return 1;
    }

    private int takeCompared(int i) throws UsageException {
        if (i + 2 >= arguments.size()) {
            throw new UsageException("--compare needs two directories with reports");
        }
        compared = List.of(Path.of(arguments.get(i + 1)), Path.of(arguments.get(i + 2)));
        return 1 + compared.size();
    }

    private int takeWithValue(int i) throws UsageException {
        String[] parts = arguments.get(i).split("=", 2);
        String name = parts[0];
        if (!VALUED.contains(name)) {
            throw new UsageException(
                    "no such option: " + name + "; --help lists them" + Spelling.hint(name, NAMES));
        }
        boolean apart = parts.length == 1;
        if (apart && i + 1 == arguments.size()) {
            throw new UsageException(name + " needs a value");
        }
        String value = apart ? arguments.get(i + 1) : parts[1];
        if (value.isBlank()) {
            throw new UsageException(name + " needs a value");
        }
        set(name, value);
        return apart ? 2 : 1;
    }

    private void set(String name, String value) throws UsageException {
        switch (name) {
            case "--backends" ->
                    backends =
                            Arrays.stream(value.split(",", -1))
                                    .map(String::strip)
                                    .distinct()
                                    .toList();
            case "--filter" -> filter = pattern(value);
            case "--output" -> output = Path.of(value);
            case "--minutes" -> minutes = number(name, value, "a number of minutes");
            case "--until" ->
                    until =
                            number(name, value.replaceAll(" ?%$", ""), "a number of per cent")
                                    / PERCENT;
            default -> charts = Path.of(value);
        }
    }

    private static double number(String name, String value, String what) throws UsageException {
        boolean decimal = value.matches("[0-9]{1,4}(\\.[0-9]{1,3})?");
        double number = decimal ? Double.parseDouble(value) : 0;
        if (number <= 0) {
            throw new UsageException(name + " is " + what + " above 0, not " + value);
        }
        return number;
    }

    private static Pattern pattern(String value) throws UsageException {
        try {
            return Pattern.compile(value);
        } catch (PatternSyntaxException e) {
            throw new UsageException(
                    "--filter is no regular expression: " + e.getDescription() + ": " + value);
        }
    }

    private static CommandLineOptions parseJmh(String... arguments) throws UsageException {
        try {
            CommandLineOptions options = new CommandLineOptions(arguments);
            refuse(options);
            Parameters.check(arguments, options);
            return options;
        } catch (CommandLineOptionException | IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new UsageException("--jmh: " + message.lines().findFirst().orElse(message));
        }
    }

    /** What the bench decides itself. */
    private static void refuse(CommandLineOptions options) throws UsageException {
        if (options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats()) {
            throw new UsageException(
                    "--jmh: to ask JMH something, run java -jar benchmarks/target/benchmarks.jar");
        }
        if (!options.getIncludes().isEmpty() || !options.getExcludes().isEmpty()) {
            throw new UsageException("--jmh: benchmarks are chosen with --filter");
        }
        if (options.getOutput().hasValue()
                || options.getResult().hasValue()
                || options.getResultFormat().hasValue()) {
            throw new UsageException(
                    "--jmh: the results are always in results.json and jmh.log of --output");
        }
        if (!options.getBenchModes().isEmpty() || options.getTimeUnit().hasValue()) {
            throw new UsageException("--jmh: modes and units are those of the report");
        }
        for (Subjects subjects : Subjects.values()) {
            if (options.getParameter(subjects.parameter()).hasValue()) {
                throw new UsageException(
                        "--jmh: "
                                + subjects.parameter()
                                + "s are chosen with --backends and --peers");
            }
        }
    }

    boolean full() {
        return full;
    }

    boolean peers() {
        return peers || full;
    }

    /** What the set is called. */
    String set() {
        if (tls) {
            return "TLS";
        }
        return full ? "full" : "quick";
    }

    boolean dryRun() {
        return dryRun;
    }

    /** Whether figures that the report already has are kept. */
    boolean resume() {
        return resume;
    }

    boolean render() {
        return render;
    }

    /** The directories of two reports, or none. */
    List<Path> compared() {
        return compared;
    }

    boolean help() {
        return help;
    }

    /** Empty for all that can run here. */
    List<String> backends() {
        return backends;
    }

    boolean wants(Piece piece) {
        return filter == null || filter.matcher(piece.id()).find();
    }

    Path output() {
        return output;
    }

    @Nullable Path charts() {
        return charts;
    }

    CommandLineOptions jmh() {
        return jmh;
    }

    /** As they were given. */
    List<String> jmhArguments() {
        return List.of(jmhArguments);
    }

    /** The charts of the set that was asked for. */
    List<Suite.Entry> entries() {
        if (tls) {
            return Suite.tls();
        }
        return full ? Suite.full() : Suite.quick();
    }

    boolean selfCheck() {
        return selfCheck;
    }

    boolean disturb() {
        return disturb;
    }

    boolean calibrate() {
        return calibrate;
    }

    /**
     * How wide intervals may be, as a part of the ratio on either side; 0 if that is all the same.
     */
    double until() {
        return until;
    }

    /** Whether it has only so much time. The rounds of JMH's options are as many as they say. */
    boolean hasLimit() {
        return minutes > 0 || (!full && until == 0 && jmhArguments.length == 0);
    }

    /** How long all may take; 0 for as long as it takes. */
    double limitSeconds() {
        if (!hasLimit()) {
            return 0;
        }
        double usual = peers() || tls ? PEERS_MINUTES : QUICK_MINUTES;
        return (minutes > 0 ? minutes : usual) * SECONDS_PER_MINUTE;
    }

    /** The full set is for figures that are kept, which new virtual machines have to confirm. */
    int leastSeries() {
        return full ? 2 : 1;
    }

    /** How long was asked for; 0 if it was not. */
    double minutes() {
        return minutes;
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? "none" : String.join(" ", arguments);
    }
}
