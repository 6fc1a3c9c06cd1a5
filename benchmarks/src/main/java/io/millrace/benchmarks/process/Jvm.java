// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.ForkedJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How virtual machines are started on the class path of this one. */
final class Jvm {
    /** The variable that adds options to the servers' java, also by Millrace's launcher. */
    static final String OPTIONS_VARIABLE = "JAVA_OPTS";

    /** The same heap for all, large enough that none of them collects much. */
    private static final String SERVER_DEFAULT =
            "-Xms512m -Xmx512m -XX:+UseSerialGC -XX:MaxDirectMemorySize=2g";

    /** The load allocates nothing while it runs. */
    static final List<String> LOAD_OPTIONS = List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC");

    private Jvm() {}

    /** What the servers' virtual machines are told: the variable's value, or the default. */
    static String serverOptionsText() {
        @Nullable String asked = System.getenv(OPTIONS_VARIABLE);
        return asked == null || asked.isBlank() ? SERVER_DEFAULT : asked.strip();
    }

    static List<String> serverOptions() {
        return List.of(serverOptionsText().split("\\s+", -1));
    }

    static List<String> command(List<String> options, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(ForkedJvm.accessOptions());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
