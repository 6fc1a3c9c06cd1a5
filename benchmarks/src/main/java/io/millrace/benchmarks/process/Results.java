// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What was measured so far, and what was not and why. Any thread, because Ctrl-C shows it from
 * another.
 */
final class Results {
    private final Protocol protocol;
    private final List<Candidate> candidates;
    private final List<Shape> shapes;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private boolean frozen;

    Results(Protocol protocol, List<Candidate> candidates, List<Shape> shapes) {
        this.protocol = protocol;
        this.candidates = List.copyOf(candidates);
        this.shapes = List.copyOf(shapes);
    }

    Protocol protocol() {
        return protocol;
    }

    List<Candidate> candidates() {
        return candidates;
    }

    List<Shape> shapes() {
        return shapes;
    }

    synchronized void add(Sample sample) {
        if (!frozen) {
            samples.add(sample);
        }
    }

    /** A server that has failed has no figures, not even those of before. */
    synchronized void fail(String server, String reason) {
        if (!frozen) {
            failures.put(server, reason);
            samples.removeIf(sample -> sample.server().equals(server));
        }
    }

    /** What happens from here on comes of the processes being ended, and does not count. */
    synchronized void freeze() {
        frozen = true;
    }

    synchronized boolean isFrozen() {
        return frozen;
    }

    synchronized Map<String, String> failures() {
        return new LinkedHashMap<>(failures);
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    List<Sample> of(String server, Shape shape) {
        return samples().stream()
                .filter(each -> each.server().equals(server) && each.shape().equals(shape))
                .toList();
    }

    /** Those with figures for a shape, in the order in which they were asked for. */
    List<String> measured(Shape shape) {
        return candidates.stream()
                .map(Candidate::name)
                .filter(name -> !of(name, shape).isEmpty())
                .toList();
    }

    /** A figure of each repetition: the mean of both legs, so that a steady drift cancels out. */
    Map<Integer, Double> figures(String server, Shape shape, ToDoubleFunction<Sample> figure) {
        Map<Integer, List<Sample>> repetitions = new TreeMap<>();
        for (Sample sample : of(server, shape)) {
            repetitions.computeIfAbsent(sample.repetition(), r -> new ArrayList<>()).add(sample);
        }
        Map<Integer, Double> figures = new TreeMap<>();
        repetitions.forEach(
                (repetition, legs) ->
                        figures.put(
                                repetition,
                                legs.stream().mapToDouble(figure).average().orElseThrow()));
        return figures;
    }

    /** The same, over the baseline's of the same repetition. */
    List<Double> ratios(
            String server, String baseline, Shape shape, ToDoubleFunction<Sample> figure) {
        Map<Integer, Double> base = figures(baseline, shape, figure);
        List<Double> ratios = new ArrayList<>();
        figures(server, shape, figure)
                .forEach(
                        (repetition, value) -> {
                            if (base.containsKey(repetition)) {
                                ratios.add(value / base.get(repetition));
                            }
                        });
        return ratios;
    }
}
