// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import com.google.gson.Gson;
import io.millrace.benchmarks.LatencyProfiler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * Where JMH tells what it does, which it does before and after each iteration: there it is held
 * until it may go on, and its figures are passed on.
 */
final class TurnFormat implements OutputFormat {
    private static final int MEDIAN_PERCENT = 50;
    private static final int TAIL_PERCENT = 99;

    private final Gson gson = new Gson();
    private final OutputFormat usual;
    private final BufferedReader commands;
    private final PrintStream replies;

    TurnFormat(OutputFormat usual, BufferedReader commands, PrintStream replies) {
        this.usual = usual;
        this.commands = commands;
        this.replies = replies;
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams iteration, int number) {
        usual.iteration(benchmark, iteration, number);
        if (iteration.getType() == IterationType.MEASUREMENT) {
            usual.flush();
            replies.println();
            replies.println(Wire.READY);
            awaitTurn();
        }
    }

    private void awaitTurn() {
        try {
            String command = commands.readLine();
            if (command == null) {
                // Whoever started this process is gone, and nobody waits for its figures.
                Runtime.getRuntime().halt(1);
            }
            if (!Wire.GO.equals(command)) {
                throw new IllegalStateException("no such command: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark,
            IterationParams iteration,
            int number,
            IterationResult result) {
        usual.iterationResult(benchmark, iteration, number, result);
        if (iteration.getType() == IterationType.MEASUREMENT) {
            usual.flush();
            replies.println();
            replies.println(Wire.TURN + gson.toJson(turn(benchmark, result)));
        }
    }

    private static Turn turn(BenchmarkParams benchmark, IterationResult result) {
        Map<String, Double> values = new LinkedHashMap<>();
        Result<?> primary = result.getPrimaryResult();
        put(values, Turn.PRIMARY, primary.getScore());
        if (benchmark.getMode() == Mode.SampleTime) {
            putPercentiles(values, Turn.PRIMARY, primary);
        }
        result.getSecondaryResults()
                .forEach(
                        (name, secondary) -> {
                            put(values, name, secondary.getScore());
                            if (name.equals(LatencyProfiler.LABEL)) {
                                putPercentiles(values, name, secondary);
                            }
                        });
        return new Turn(values);
    }

    private static void putPercentiles(Map<String, Double> values, String name, Result<?> result) {
        put(values, name + Turn.MEDIAN, result.getStatistics().getPercentile(MEDIAN_PERCENT));
        put(values, name + Turn.TAIL, result.getStatistics().getPercentile(TAIL_PERCENT));
    }

    /** JSON has only numbers that are some. */
    private static void put(Map<String, Double> values, String name, double value) {
        if (Double.isFinite(value)) {
            values.put(name, value);
        }
    }

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {
        usual.startBenchmark(benchmark);
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        usual.endBenchmark(result);
    }

    @Override
    public void startRun() {
        usual.startRun();
    }

    @Override
    public void endRun(Collection<RunResult> results) {
        usual.endRun(results);
    }

    @Override
    public void print(String text) {
        usual.print(text);
    }

    @Override
    public void println(String text) {
        usual.println(text);
    }

    @Override
    public void flush() {
        usual.flush();
    }

    @Override
    public void close() {
        usual.close();
    }

    @Override
    public void verbosePrintln(String text) {
        usual.verbosePrintln(text);
    }

    @Override
    public void write(int character) {
        usual.write(character);
    }

    @Override
    public void write(byte[] text) throws IOException {
        usual.write(text);
    }
}
