// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.file.FileKind;
import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.LoopKinds;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.timer.TimerKind;
import io.millrace.benchmarks.tls.TlsKind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The parameters of the benchmarks: which there are, and what they may be. Those that say what is
 * measured default to all that can run on this machine, which an annotation cannot say.
 */
public final class Parameters {
    static final String SERVER = "server";
    static final String LOOP = "loop";
    static final String TIMER = "timer";
    static final String FILE = "file";
    static final String TLS = "tls";

    private Parameters() {}

    /** What to measure, where {@code options} do not say it. */
    static ChainedOptionsBuilder complete(Options options) {
        ChainedOptionsBuilder completed = new OptionsBuilder().parent(options);
        subjects()
                .forEach(
                        (name, values) -> {
                            if (!options.getParameter(name).hasValue()) {
                                completed.param(name, values.toArray(new String[0]));
                            }
                        });
        return completed;
    }

    /**
     * Looks for parameters that no benchmark has, and for values that they cannot have.
     *
     * @throws IllegalArgumentException if there is one
     */
    public static void check(String[] arguments, Options options) {
        Map<String, String[]> known = all();
        for (int i = 0; i + 1 < arguments.length; i++) {
            if (arguments[i].equals("-p")) {
                String name = arguments[i + 1].split("=", 2)[0];
                if (!known.containsKey(name)) {
                    throw new IllegalArgumentException(
                            "no benchmark has a parameter "
                                    + name
                                    + "; there are "
                                    + String.join(", ", known.keySet()));
                }
            }
        }
        known.forEach(
                (name, defaults) -> {
                    for (String value : options.getParameter(name).orElse(List.of())) {
                        check(name, value, defaults);
                    }
                });
    }

    private static void check(String name, String value, String[] defaults) {
        switch (name) {
            case SERVER -> ServerKinds.usable(value);
            case LOOP -> LoopKinds.usable(value);
            case TIMER -> TimerKind.usable(value);
            case FILE -> FileKind.usable(value);
            case TLS -> TlsKind.usable(value);
            default -> {
                if (isNumber(defaults[0])) {
                    if (!isNumber(value)) {
                        throw new IllegalArgumentException(
                                name + " is a number of at least 1, not " + value);
                    }
                } else if (!List.of(defaults).contains(value)) {
                    throw new IllegalArgumentException(
                            name + " is one of " + String.join(", ", defaults) + ", not " + value);
                }
            }
        }
    }

    private static boolean isNumber(String value) {
        return value.matches("[1-9][0-9]{0,8}");
    }

    /** Names and defaults of all benchmarks' parameters. */
    private static Map<String, String[]> all() {
        Map<String, String[]> all = new TreeMap<>();
        Collection<BenchmarkListEntry> benchmarks =
                BenchmarkList.defaultList()
                        .getAll(
                                OutputFormatFactory.createFormatInstance(
                                        System.out, VerboseMode.SILENT),
                                List.of());
        for (BenchmarkListEntry benchmark : benchmarks) {
            all.putAll(benchmark.getParams().orElse(Map.of()));
        }
        return all;
    }

    private static Map<String, List<String>> subjects() {
        Map<String, List<String>> subjects = new LinkedHashMap<>();
        subjects.put(
                SERVER,
                ServerKinds.all().stream()
                        .filter(kind -> kind.refusal() == null)
                        .map(ServerKind::name)
                        .toList());
        subjects.put(
                LOOP,
                LoopKinds.all().stream()
                        .filter(kind -> kind.refusal() == null)
                        .map(LoopKind::name)
                        .toList());
        List<String> timers = TimerKind.usableNames();
        subjects.put(TIMER, List.of(timers.get(0), TimerKind.NETTY_WHEEL, TimerKind.JDK_SCHEDULER));
        subjects.put(FILE, FileKind.usableNames());
        subjects.put(TLS, TlsKind.usableNames());
        return subjects;
    }
}
