// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.ForkedJvm;
import io.millrace.benchmarks.LatencyProfiler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs single pieces under JMH, and keeps what it prints in a log. */
final class JmhRun {
    private static final String PACKAGE = "io.millrace.benchmarks.";

    private final CommandLineOptions asked;
    private final OutputStream log;

    /**
     * How a run ended: with a result, or with the reason why there is none.
     *
     * @param result what JMH measured, or null
     * @param failure in one line, or null
     */
    record Outcome(@Nullable RunResult result, @Nullable String failure) {}

    JmhRun(CommandLineOptions asked, OutputStream log) {
        this.asked = asked;
        this.log = log;
    }

    Outcome run(Piece piece) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream output = new PrintStream(said, false, StandardCharsets.UTF_8)) {
            return runCaptured(piece, output, said);
        } finally {
            said.writeTo(log);
            log.flush();
        }
    }

    /** JMH gives what measured processes say to the streams of this one, so those are lent. */
    private Outcome runCaptured(Piece piece, PrintStream output, ByteArrayOutputStream said) {
        PrintStream standardOutput = System.out;
        PrintStream standardError = System.err;
        System.setOut(output);
        System.setErr(output);
        try {
            return run(piece, output, said);
        } finally {
            System.setOut(standardOutput);
            System.setErr(standardError);
        }
    }

    private Outcome run(Piece piece, PrintStream output, ByteArrayOutputStream said) {
        VerboseMode verbosity = asked.verbosity().orElse(VerboseMode.NORMAL);
        var format = OutputFormatFactory.createFormatInstance(output, verbosity);
        try {
            var results = new Runner(options(piece).build(), format).run();
            return results.isEmpty()
                    ? failure(output, said, "JMH has no result")
                    : new Outcome(results.iterator().next(), null);
        } catch (RunnerException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return failure(output, said, String.valueOf(cause.getMessage()));
        }
    }

    private static Outcome failure(
            PrintStream output, ByteArrayOutputStream said, String otherwise) {
        output.flush();
        String all = said.toString(StandardCharsets.UTF_8);
        return new Outcome(null, FailureReason.in(all, otherwise));
    }

    private ChainedOptionsBuilder options(Piece piece) {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .parent(asked)
                        .include("^" + Pattern.quote(PACKAGE + piece.topic().method()) + "$")
                        .param(piece.topic().subjects().parameter(), piece.subject())
                        .shouldFailOnError(true);
        piece.parameters().forEach(options::param);
        if (piece.topic().latencies()) {
            options.addProfiler(LatencyProfiler.class);
        }
        piece.timing().apply(options);
        return ForkedJvm.complete(options, asked);
    }
}
