// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Figures as a bad machine would give them, in turns there and back: its speed drifts by up to a
 * factor of two, others put load on it in bursts longer than a turn, single turns have heavy tails,
 * and every virtual machine differs a little from the next of the same program.
 */
final class NoisyMachine {
    private static final double TURN_NOISE = 0.04;
    private static final double MACHINE_NOISE = 0.01;
    private static final double DRIFT = 0.35;
    private static final double TAIL_PROBABILITY = 0.05;
    private static final double BURST_PROBABILITY = 0.03;
    private static final int MEAN_BURST_TURNS = 8;

    private final SplittableRandom random;
    private final double phase;
    private final double period;
    private int turns;
    private int burstLeft;
    private double burst = 1;

    NoisyMachine(long seed) {
        random = new SplittableRandom(seed);
        phase = random.nextDouble() * 2 * Math.PI;
        period = 60 + random.nextInt(600);
    }

    /** The rounds of subjects with these costs. */
    Map<String, Rounds> measure(Map<String, Double> costs, int series, int rounds) {
        Map<String, List<List<Double>>> figures = new LinkedHashMap<>();
        costs.keySet().forEach(name -> figures.put(name, new ArrayList<>()));
        for (int i = 0; i < series; i++) {
            Map<String, Double> machines = new LinkedHashMap<>();
            costs.forEach(
                    (name, cost) ->
                            machines.put(name, cost * Math.exp(MACHINE_NOISE * gaussian())));
            figures.values().forEach(all -> all.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                Map<String, Double> there = leg(machines, false);
                Map<String, Double> back = leg(machines, true);
                there.forEach(
                        (name, value) -> {
                            List<List<Double>> all = figures.get(name);
                            all.get(all.size() - 1).add((value + back.get(name)) / 2);
                        });
            }
        }
        Map<String, Rounds> measured = new LinkedHashMap<>();
        figures.forEach((name, all) -> measured.put(name, new Rounds(all)));
        return measured;
    }

    private Map<String, Double> leg(Map<String, Double> costs, boolean back) {
        List<String> order = new ArrayList<>(costs.keySet());
        if (back) {
            Collections.reverse(order);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String name : order) {
            figures.put(name, costs.get(name) * next());
        }
        return figures;
    }

    /** How much more than it should a turn costs. */
    private double next() {
        turns++;
        if (burstLeft > 0) {
            burstLeft--;
        } else if (random.nextDouble() < BURST_PROBABILITY) {
            burstLeft = 1 + random.nextInt(2 * MEAN_BURST_TURNS);
            burst = 1.1 + random.nextDouble();
        } else {
            burst = 1;
        }
        double drift = Math.exp(DRIFT * Math.sin(phase + 2 * Math.PI * turns / period));
        double tail =
                random.nextDouble() < TAIL_PROBABILITY
                        ? Math.pow(1 - random.nextDouble(), -0.5)
                        : 1;
        return burst * drift * tail * Math.exp(TURN_NOISE * gaussian());
    }

    /** By the sum of twelve, near enough. */
    private double gaussian() {
        double sum = -6;
        for (int i = 0; i < 12; i++) {
            sum += random.nextDouble();
        }
        return sum;
    }
}
