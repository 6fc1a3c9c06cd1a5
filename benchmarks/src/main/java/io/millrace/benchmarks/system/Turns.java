// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.benchmarks.statistics.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The windows of subjects that take turns there and back again: a repetition's figure is the mean
 * of both.
 */
final class Turns {
    private final Map<String, List<Window>> windows = new LinkedHashMap<>();

    /** All are warmed up first, one after the other. */
    static Turns of(List<Subject> subjects, double warmUp, double seconds, int repetitions)
            throws IOException, InterruptedException {
        Turns turns = new Turns();
        for (Subject subject : subjects) {
            subject.run(warmUp);
        }
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (Subject subject : subjects) {
                turns.add(subject.name(), subject.run(seconds));
            }
            for (int i = subjects.size() - 1; i >= 0; i--) {
                turns.add(subjects.get(i).name(), subjects.get(i).run(seconds));
            }
        }
        return turns;
    }

    /** The next window of a subject; each repetition has two. */
    void add(String subject, Window window) {
        windows.computeIfAbsent(subject, unseen -> new ArrayList<>()).add(window);
    }

    /** One for each repetition. */
    List<Double> figures(String subject, ToDoubleFunction<Window> figure) {
        List<Window> all = Objects.requireNonNull(windows.get(subject), subject);
        return IntStream.range(0, all.size() / 2)
                .mapToObj(
                        i ->
                                (figure.applyAsDouble(all.get(2 * i))
                                                + figure.applyAsDouble(all.get(2 * i + 1)))
                                        / 2)
                .toList();
    }

    double median(String subject, ToDoubleFunction<Window> figure) {
        return Interval.median(figures(subject, figure));
    }

    /** Of one subject's figures to the other's. */
    Interval ratio(String subject, String to, ToDoubleFunction<Window> figure) {
        List<Double> ours = figures(subject, figure);
        List<Double> theirs = figures(to, figure);
        List<Double> ratios =
                IntStream.range(0, ours.size()).mapToObj(i -> ours.get(i) / theirs.get(i)).toList();
        return Interval.of(ratios, Interval.USUAL_DOUBT);
    }
}
