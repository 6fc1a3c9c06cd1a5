// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;

/**
 * {@code java -jar benchmarks.jar}: JMH with its own command line, except that the servers, loops
 * and timers compared are those that can run here, that a benchmark which fails gives no number,
 * and that what it cannot make sense of is one line and exit status 2.
 */
public final class Main {
    private static final int USAGE = 2;
    private static final String UNPAIRED =
            "benchmarks: these figures are taken one after the other, minutes apart: they are for"
                    + " development. To compare subjects, use ./millrace bench, which pairs them.";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        int status = run(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    @SuppressWarnings("SystemOut") // This is a command line.
    private static int run(String[] arguments) throws Exception {
        try {
            CommandLineOptions options = new CommandLineOptions(arguments);
            if (asksForInformation(options)) {
                org.openjdk.jmh.Main.main(arguments);
                return 0;
            }
            Parameters.check(arguments, options);
            Options completed = ForkedJvm.complete(Parameters.complete(options), options).build();
            System.err.println(UNPAIRED);
            new Runner(completed).run();
            System.err.println(UNPAIRED);
            return 0;
        } catch (CommandLineOptionException | IllegalArgumentException e) {
            return fail(USAGE, e.getMessage());
        } catch (NoBenchmarksException e) {
            return fail(USAGE, "no benchmark matches; -l lists them");
        } catch (RunnerException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return fail(1, cause.getMessage());
        }
    }

    private static boolean asksForInformation(CommandLineOptions options) {
        return options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats();
    }

    @SuppressWarnings("SystemOut") // This is a command line.
    private static int fail(int status, @Nullable String problem) {
        System.err.println("benchmarks: " + problem);
        return status;
    }
}
