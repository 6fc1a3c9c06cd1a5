// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.benchmarks.ForkedJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link SystemWorker} in a virtual machine of its own, which lives for all of its windows. */
final class WorkerProcess implements Subject {
    /** Where all that is compared by CPU time runs. */
    static final String CPU = "0";

    private static final List<String> JVM = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    private final String name;
    private final Process process;
    private final Writer to;
    private final BufferedReader from;

    /**
     * Starts one.
     *
     * @param pinned whether it has one CPU and not all
     * @param arguments of {@link SystemWorker}
     */
    WorkerProcess(String name, boolean pinned, List<String> arguments) throws IOException {
        this.name = name;
        List<String> command = new ArrayList<>();
        if (pinned) {
            command.addAll(List.of("taskset", "-c", CPU));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(JVM);
        command.addAll(ForkedJvm.accessOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(SystemWorker.class.getName());
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        to = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        from =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Window run(double seconds) throws IOException {
        to.write(seconds + "\n");
        to.flush();
        String line = from.readLine();
        if (line == null) {
            throw new IOException(name + " has ended, see above");
        }
        return Window.parse(line);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
