// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import io.millrace.EventLoop;
import io.millrace.examples.SystemLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that measures, its limits, and what each backend says of it. */
public final class MachineFacts {
    private static final String UNKNOWN = "unknown";
    private static final double KIBIBYTES_PER_GIBIBYTE = 1 << 20;

    private MachineFacts() {}

    /** As they are now; probes the backends. */
    public static List<Facts> all() {
        return List.of(
                new Facts("Machine", machine()),
                new Facts("Backends", backends()),
                new Facts("Limits", limits()));
    }

    private static List<Fact> machine() {
        String processors = text("/proc/cpuinfo");
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("processor", find(processors, "(?m)^model name\\s*: (.+)$")));
        facts.add(new Fact("cores", cores(processors)));
        facts.add(new Fact("memory", memory()));
        facts.add(
                new Fact(
                        "kernel",
                        property("os.name")
                                + " "
                                + property("os.version")
                                + ", "
                                + property("os.arch")));
        facts.add(new Fact("Java", Runtime.version() + ", " + property("java.vm.name")));
        String version = EventLoop.class.getPackage().getImplementationVersion();
        facts.add(new Fact("Millrace", version == null ? "from its build directory" : version));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        facts.add(
                new Fact(
                        "load before",
                        load < 0 ? UNKNOWN : String.format(Locale.ROOT, "%.2f", load)));
        return facts;
    }

    private static String cores(String processors) {
        int available = Runtime.getRuntime().availableProcessors();
        boolean virtual =
                Pattern.compile("(?m)^flags.*\\bhypervisor\\b").matcher(processors).find();
        return available + (virtual ? ", of a virtual machine" : "");
    }

    private static String memory() {
        String total = find(text("/proc/meminfo"), "(?m)^MemTotal:\\s+(\\d+) kB$");
        return total.equals(UNKNOWN)
                ? UNKNOWN
                : String.format(
                        Locale.ROOT, "%.1f GiB", Long.parseLong(total) / KIBIBYTES_PER_GIBIBYTE);
    }

    private static List<Fact> limits() {
        List<Fact> facts = new ArrayList<>();
        for (SystemLimits.Fact fact : new SystemLimits(Path.of("/")).facts()) {
            facts.add(new Fact(fact.name(), fact.value()));
        }
        return facts;
    }

    private static List<Fact> backends() {
        BackendReport report = Backends.report();
        List<Fact> facts = new ArrayList<>();
        for (BackendInfo backend : report.backends()) {
            StringBuilder text = new StringBuilder();
            text.append(backend.usable() ? "usable: " : "not usable: ").append(backend.reason());
            backend.facts().forEach((name, value) -> text.append("; ").append(name + ": " + value));
            facts.add(new Fact(backend.name(), text.toString()));
        }
        String chosen = report.chosen();
        facts.add(
                new Fact(
                        "choice",
                        (chosen == null ? "none" : chosen) + ": " + report.explanation()));
        return facts;
    }

    private static String find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1).strip() : UNKNOWN;
    }

    /** Empty where there is no such file, as on systems other than Linux. */
    private static String text(String file) {
        try (BufferedReader reader = Files.newBufferedReader(Path.of(file))) {
            return String.join("\n", reader.lines().toList());
        } catch (IOException | UncheckedIOException notThere) {
            return "";
        }
    }

    private static String property(String name) {
        return System.getProperty(name, UNKNOWN);
    }
}
