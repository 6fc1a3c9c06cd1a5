// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import io.millrace.EventLoop;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Says what this machine has to offer: its system, the limits that matter, and every backend. */
public final class Doctor {
    private static final String USAGE = "usage: millrace doctor";
    private static final String LINE = "  %-22s %s%n";

    private final PrintStream output;

    Doctor(PrintStream output) {
        this.output = output;
    }

    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            boolean asked = arguments.length == 1 && arguments[0].equals("--help");
            (asked ? System.out : System.err).println(USAGE);
            System.exit(asked ? 0 : ServerProgram.WRONG_OPTIONS);
        }
        new Doctor(System.out).report(new SystemLimits(Path.of("/")), Backends.report());
    }

    void report(SystemLimits limits, BackendReport backends) {
        system();
        output.println("limits");
        limits.facts().forEach(this::fact);
        output.println("backends");
        for (BackendInfo backend : backends.backends()) {
            backend(backend, backend.name().equals(backends.chosen()));
        }
        output.println("choice");
        String chosen = backends.chosen();
        output.printf(Locale.ROOT, LINE, chosen == null ? "none" : chosen, backends.explanation());
    }

    private void system() {
        String version = EventLoop.class.getPackage().getImplementationVersion();
        output.println("system");
        output.printf(
                Locale.ROOT,
                LINE,
                "millrace",
                version == null ? "from a build directory" : version);
        output.printf(
                Locale.ROOT, LINE, "java", Runtime.version() + ", " + property("java.vm.name"));
        output.printf(Locale.ROOT, LINE, "java.home", property("java.home"));
        output.printf(
                Locale.ROOT,
                LINE,
                "kernel",
                property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
        output.printf(Locale.ROOT, LINE, "processors", Runtime.getRuntime().availableProcessors());
        output.printf(
                Locale.ROOT,
                LINE,
                "largest heap",
                (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    private void backend(BackendInfo backend, boolean chosen) {
        String verdict = backend.usable() ? "usable: " : "not usable: ";
        output.printf(
                Locale.ROOT,
                LINE,
                backend.name() + (chosen ? " *" : ""),
                verdict + backend.reason());
        for (Map.Entry<String, String> fact : backend.facts().entrySet()) {
            output.printf(Locale.ROOT, LINE, "", fact.getKey() + ": " + fact.getValue());
        }
    }

    private void fact(SystemLimits.Fact fact) {
        output.printf(Locale.ROOT, LINE, fact.name(), fact.value());
        if (!fact.advice().isEmpty()) {
            output.printf(Locale.ROOT, LINE, "", "-> " + fact.advice());
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
