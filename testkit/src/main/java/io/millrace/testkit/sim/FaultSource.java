// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Decides when a fault strikes, and counts how often it did.
 *
 * <p>Half of the kinds are switched off in each run and the others weighed between a quarter and
 * the whole of their profile's chance. A fault that always comes with all the others never shows
 * what it does alone, and rare ones would drown in frequent ones.
 */
final class FaultSource {
    private static final double SWITCHED_OFF = 0.5;
    private static final double LEAST_WEIGHT = 0.25;

    private final FaultProfile profile;
    private final SplittableRandom random;
    private final Map<Fault, Double> chances = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> strikes = new EnumMap<>(Fault.class);

    FaultSource(FaultProfile profile, SplittableRandom random) {
        this.profile = profile;
        this.random = random;
        weigh(false);
    }

    /** Faults of files are weighed when there are files, so that other worlds are as ever. */
    void addFiles() {
        weigh(true);
    }

    private void weigh(boolean ofFiles) {
        for (Fault fault : Fault.values()) {
            if (fault.isOfFiles() != ofFiles) {
                continue;
            }
            boolean on = random.nextDouble() >= SWITCHED_OFF;
            double weight = LEAST_WEIGHT + random.nextDouble() * (1 - LEAST_WEIGHT);
            chances.put(fault, on ? weight * profile.chance(fault) : 0);
        }
    }

    boolean strikes(Fault fault) {
        double chance = chances.getOrDefault(fault, 0.0);
        boolean hit = chance > 0 && random.nextDouble() < chance;
        if (hit) {
            strikes.merge(fault, 1, Integer::sum);
        }
        return hit;
    }

    void set(Fault fault, double chance) {
        chances.put(fault, chance);
    }

    int count(Fault fault) {
        return strikes.getOrDefault(fault, 0);
    }

    @Override
    public String toString() {
        return strikes.toString();
    }
}
