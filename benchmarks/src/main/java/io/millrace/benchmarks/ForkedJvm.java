// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;

/** What the measured virtual machines are told, the same for all that is compared. */
public final class ForkedJvm {
    private static final int RESTRICTS_NATIVE_ACCESS = 24;

    private ForkedJvm() {}

    /**
     * From JDK 24 on native code and memory must be asked for: without, Netty would lose its fast
     * paths and Millrace's native backends would print warnings.
     */
    public static List<String> accessOptions() {
        return Runtime.version().feature() < RESTRICTS_NATIVE_ACCESS
                ? List.of()
                : List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow");
    }

    /** Those options, what lets failing benchmarks give no number, and the ones asked for. */
    public static List<String> arguments(Options asked) {
        List<String> arguments = new ArrayList<>(accessOptions());
        arguments.add("-D" + Failure.HALT + "=true");
        arguments.addAll(asked.getJvmArgsAppend().orElse(List.of()));
        return arguments;
    }

    /** Lets JMH give them to its forks. */
    static ChainedOptionsBuilder complete(ChainedOptionsBuilder builder, Options asked) {
        return builder.jvmArgsAppend(arguments(asked).toArray(new String[0]));
    }
}
