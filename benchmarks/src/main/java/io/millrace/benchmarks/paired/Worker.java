// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import io.millrace.benchmarks.CpuProfiler;
import io.millrace.benchmarks.LatencyProfiler;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A virtual machine that one subject has to itself, as a fork of JMH would be; JMH runs in it. Its
 * first line of input is a {@link WorkerRequest}; what follows is in {@link Wire}. It ends when its
 * input does.
 */
public final class Worker {
    private static final String IGNORE_LOCK = "jmh.ignoreLock";

    private Worker() {}

    @SuppressWarnings("SystemOut") // The lines are for the parent.
    public static void main(String[] arguments) throws Exception {
        System.setProperty(IGNORE_LOCK, "true");
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream replies = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        WorkerRequest request = new Gson().fromJson(commands.readLine(), WorkerRequest.class);
        replies.println(Wire.RESULT + run(request, commands, replies));
        System.exit(0);
    }

    private static String run(WorkerRequest request, BufferedReader commands, PrintStream replies)
            throws RunnerException, CommandLineOptionException, IOException {
        CommandLineOptions asked =
                new CommandLineOptions(request.arguments().toArray(new String[0]));
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .parent(asked)
                        .include("^" + Pattern.quote(request.method()) + "$")
                        .shouldFailOnError(true)
                        .forks(0)
                        .warmupIterations(request.warmups())
                        .measurementIterations(request.turns())
                        .addProfiler(CpuProfiler.class);
        if (request.warmupMillis() > 0) {
            options.warmupTime(TimeValue.milliseconds(request.warmupMillis()));
        }
        if (request.turnMillis() > 0) {
            options.measurementTime(TimeValue.milliseconds(request.turnMillis()));
        }
        if (request.latencies()) {
            options.addProfiler(LatencyProfiler.class);
        }
        request.parameters().forEach(options::param);
        VerboseMode verbosity = asked.verbosity().orElse(VerboseMode.NORMAL);
        var usual = OutputFormatFactory.createFormatInstance(replies, verbosity);
        return json(new Runner(options.build(), new TurnFormat(usual, commands, replies)).run());
    }

    /** On one line. */
    private static String json(Collection<RunResult> results) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (PrintStream output = new PrintStream(json, false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, output).writeOut(results);
        }
        return JsonParser.parseString(json.toString(StandardCharsets.UTF_8)).toString();
    }
}
