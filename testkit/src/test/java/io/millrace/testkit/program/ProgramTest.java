// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random programs at every boundary, in every kind of world.
 *
 * <p>{@code millrace.sim.seeds} says how many of each; {@code millrace.sim.seed} and {@code
 * millrace.sim.profile} play a single one again.
 */
class ProgramTest {
    /** Enough to notice most faults, few enough for everyday builds. */
    private static final int DEFAULT_SEEDS = 100;

    static List<Arguments> worlds() {
        String profile = System.getProperty("millrace.sim.profile", "");
        List<Arguments> worlds = new ArrayList<>();
        for (Boundary boundary : Boundary.values()) {
            for (FaultProfile each : FaultProfile.values()) {
                if (profile.isEmpty() || each.propertyValue().equals(profile)) {
                    worlds.add(Arguments.of(boundary, each));
                }
            }
        }
        return worlds;
    }

    @Test
    void descriptorsAreLostNowAndThen() throws Exception {
        int lost = 0;
        for (long seed = 0; seed < 20; seed++) {
            Boundary boundary = Boundary.values()[(int) seed % Boundary.values().length];
            lost += Program.play(seed, FaultProfile.ROUGH, boundary).count(Fault.DESCRIPTORS_LOST);
        }
        assertTrue(lost > 0, "no program passed descriptors to a process that was out of them");
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("worlds")
    void everySeedKeepsEveryPromise(Boundary boundary, FaultProfile profile) throws Exception {
        Long single = Long.getLong("millrace.sim.seed");
        if (single != null) {
            Program.play(single, profile, boundary);
            return;
        }
        int seeds = Integer.getInteger("millrace.sim.seeds", DEFAULT_SEEDS);
        for (long seed = 0; seed < seeds; seed++) {
            Program.play(seed, profile, boundary);
        }
    }
}
