// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.CpuProfiler;
import io.millrace.benchmarks.cpu.Usage;
import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.paired.Turn;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.report.Status;
import io.millrace.benchmarks.report.Verdict;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import io.millrace.benchmarks.statistics.Interval;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How far the figures of a run are to be relied upon. */
final class Soundness {
    private static final int PERCENT = 100;
    private static final String CPU_TIME = "CPU time";

    private final double loadBefore =
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    private final List<Double> foreign = new ArrayList<>();
    private final List<Double> stolen = new ArrayList<>();
    private final List<Double> legDifferences = new ArrayList<>();

    /** Takes what the turns of a chart tell of the machine. */
    void add(PairedRun run) {
        for (List<List<Turn>> series : run.rounds().values()) {
            for (List<Turn> turns : series) {
                for (Turn turn : turns) {
                    add(foreign, turn, CpuProfiler.FOREIGN_SHARE);
                    add(stolen, turn, CpuProfiler.STOLEN_SHARE);
                }
            }
        }
        legDifferences.addAll(run.legDifferences());
    }

    private static void add(List<Double> shares, Turn turn, String name) {
        Double share = turn.values().get(name);
        if (share != null) {
            shares.add(share);
        }
    }

    /**
     * The top of the page.
     *
     * @param state how far the run has come
     * @param failures how many subjects have failed
     */
    Status status(String state, int failures, List<Section> sections) {
        List<String> remarks = new ArrayList<>(machine());
        List<String> different = compareTwins(sections, remarks);
        String headline = state;
        if (failures > 0) {
            headline += "; " + failures + " failed, and have their reasons below";
        }
        if (isDisturbed()) {
            headline +=
                    "; on a disturbed machine: take intervals as they are, and figures with care";
        }
        if (!different.isEmpty()) {
            headline =
                    "Not to be relied upon: the bench has told a subject apart from itself: "
                            + String.join("; ", different)
                            + " ("
                            + headline
                            + ")";
        }
        return new Status(failures == 0 && different.isEmpty(), isDisturbed(), headline, remarks);
    }

    private boolean isDisturbed() {
        return mean(foreign) > Usage.MOST_FOREIGN || mean(stolen) > Usage.MOST_STOLEN;
    }

    private List<String> machine() {
        List<String> remarks = new ArrayList<>();
        if (loadBefore >= 0) {
            remarks.add(
                    String.format(
                            Locale.ROOT,
                            "load average before the run: %.2f, which should be near zero",
                            loadBefore));
        }
        if (!foreign.isEmpty()) {
            remarks.add(
                    String.format(
                            Locale.ROOT,
                            "CPUs that others used meanwhile: %.2f on average; that the hypervisor"
                                    + " took: %.2f",
                            mean(foreign),
                            mean(stolen)));
        }
        if (!legDifferences.isEmpty()) {
            remarks.add(
                    String.format(
                            Locale.ROOT,
                            "a subject's two turns of the same round differed by %.1f %% (median)",
                            PERCENT * Interval.median(legDifferences)));
        }
        return remarks;
    }

    /** Returns those that are told apart from themselves, and adds a remark of every chart. */
    private static List<String> compareTwins(List<Section> sections, List<String> remarks) {
        List<String> different = new ArrayList<>();
        for (Section section : sections) {
            for (Figure figure : section.figures().keySet()) {
                Verdict verdict = section.verdict(figure);
                for (Measurement bar : section.measurements()) {
                    if (bar.figure().equals(figure) && bar.subject().endsWith(ServerKinds.AGAIN)) {
                        compareTwin(verdict, bar, remarks, different);
                    }
                }
            }
        }
        return different;
    }

    private static void compareTwin(
            Verdict verdict, Measurement bar, List<String> remarks, List<String> different) {
        String subject = bar.subject();
        String itself = subject.substring(0, subject.length() - ServerKinds.AGAIN.length());
        Comparison comparison = verdict.compare(subject, itself);
        if (comparison == null || bar.unranked() != null) {
            return;
        }
        String text =
                String.format(
                        Locale.ROOT,
                        "%s beside itself: %s (%s)",
                        itself,
                        words(comparison.ratio()),
                        bar.figure().title());
        boolean same = comparison.order() == Order.NOT_TOLD_APART;
        if (!same) {
            different.add(text);
        }
        if (!same || bar.figure().quantity().endsWith(CPU_TIME)) {
            remarks.add(text + (same ? ": not told apart, as it should be" : ": told apart"));
        }
    }

    static String words(Interval ratio) {
        return ratio.isKnown()
                ? String.format(
                        Locale.ROOT, "%.2f (%.2f–%.2f)", ratio.median(), ratio.low(), ratio.high())
                : String.format(Locale.ROOT, "%.2f (too few rounds)", ratio.median());
    }

    private static double mean(List<Double> figures) {
        return figures.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
