// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.Interruption;
import io.millrace.benchmarks.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program that compares processes. Tables go to standard output; progress and errors to
 * standard error. It ends with 0, with 1 if a server failed or one that was named cannot run, and
 * with 2 for options that make no sense.
 */
public final class ProcessBench {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final String PREFIX = "millrace: ";

    private final PrintStream output;
    private final PrintStream errors;

    ProcessBench(PrintStream output, PrintStream errors) {
        this.output = output;
        this.errors = errors;
    }

    public static void main(String[] arguments) {
        System.exit(new ProcessBench(System.out, System.err).run(arguments));
    }

    int run(String... arguments) {
        try {
            ProcessOptions options = ProcessOptions.parse(arguments);
            if (options.help()) {
                output.print(ProcessOptions.USAGE);
                return 0;
            }
            Catalogue catalogue = new Catalogue(options.protocol(), options.commands());
            return options.list() ? list(catalogue) : measure(options, catalogue);
        } catch (UsageException e) {
            errors.println(PREFIX + e.getMessage());
            return USAGE;
        } catch (IOException e) {
            errors.println(PREFIX + e);
            return FAILED;
        }
    }

    private int list(Catalogue catalogue) throws IOException {
        for (String name : catalogue.names()) {
            Candidate candidate = catalogue.prepare(name);
            output.println(name + ": " + candidate.description());
            if (!candidate.usable()) {
                output.println("    cannot run here: " + candidate.refusal());
            }
        }
        return 0;
    }

    private int measure(ProcessOptions options, Catalogue catalogue)
            throws IOException, UsageException {
        List<String> names = names(options, catalogue);
        if (!Files.exists(Path.of("/proc/self/schedstat"))) {
            throw new IOException("the figures are the Linux scheduler's: no /proc/self/schedstat");
        }
        Pinning pinning = Pinning.choose(options.cpus());
        ResultFile file = new ResultFile(options, pinning);
        Results results =
                new Results(options.protocol(), candidates(names, catalogue), options.shapes());
        say(pinning.toString());
        run(options, pinning, results, file);
        boolean missed =
                !options.servers().isEmpty()
                        && results.candidates().stream().anyMatch(each -> !each.usable());
        return missed || !results.failures().isEmpty() ? FAILED : 0;
    }

    /** The servers named by an option; without it, all. Those given as commands are always in. */
    private static List<String> names(ProcessOptions options, Catalogue catalogue)
            throws UsageException {
        if (options.servers().isEmpty()) {
            return catalogue.names();
        }
        List<String> names = new ArrayList<>(options.servers());
        for (String name : names) {
            catalogue.require(name);
        }
        for (ServerCommand command : options.commands()) {
            if (!names.contains(command.name())) {
                names.add(command.name());
            }
        }
        return names;
    }

    private static List<Candidate> candidates(List<String> names, Catalogue catalogue)
            throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        for (String name : names) {
            candidates.add(catalogue.prepare(name));
        }
        return candidates;
    }

    private void run(ProcessOptions options, Pinning pinning, Results results, ResultFile file)
            throws IOException {
        Path logs = Files.createTempDirectory("millrace-processes");
        Interruption interruption =
                new Interruption(results::freeze, () -> finish(results, file, false));
        try (Session session = new Session(options, pinning, results, line -> say(line))) {
            session.run(logs);
        } catch (IOException e) {
            if (!results.isFrozen()) {
                interruption.disarm();
                throw e;
            }
        } finally {
            delete(logs);
        }
        if (!results.isFrozen()) {
            interruption.disarm();
            finish(results, file, true);
        }
    }

    private void finish(Results results, ResultFile file, boolean complete) {
        output.print(ResultTable.of(results));
        output.flush();
        try {
            file.write(results, complete);
            say((complete ? "report: " : "interrupted; report so far: ") + file.page());
        } catch (IOException e) {
            say("no results could be written: " + e);
        }
    }

    private void say(String line) {
        errors.println(PREFIX + line);
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
