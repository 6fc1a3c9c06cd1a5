// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import io.millrace.benchmarks.ForkedJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

/** How a worker is started: as JMH would start a fork of its benchmark. */
public final class WorkerCommand {
    private WorkerCommand() {}

    /**
     * The command.
     *
     * @param method the benchmark, with its class and package
     * @param asked what JMH was told, which may replace what the benchmark asks for
     */
    @SuppressWarnings("SystemOut") // Nothing is printed.
    public static List<String> of(String method, CommandLineOptions asked) {
        BenchmarkListEntry benchmark =
                BenchmarkList.defaultList()
                        .getAll(
                                OutputFormatFactory.createFormatInstance(
                                        System.out, VerboseMode.SILENT),
                                List.of())
                        .stream()
                        .filter(entry -> entry.getUsername().equals(method))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(method));
        List<String> command = new ArrayList<>();
        command.add(
                asked.getJvm()
                        .orElse(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()));
        command.addAll(
                asked.getJvmArgsPrepend().orElse(benchmark.getJvmArgsPrepend().orElse(List.of())));
        Collection<String> usual = benchmark.getJvmArgs().orElse(List.of());
        command.addAll(asked.getJvmArgs().orElse(usual));
        command.addAll(ForkedJvm.arguments(asked));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Worker.class.getName());
        return command;
    }
}
