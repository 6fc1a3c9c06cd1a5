// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link FileProgram} at every boundary, in every kind of world; seeds as of {@link ProgramTest}.
 */
class FileProgramTest {
    private static final int DEFAULT_SEEDS = 100;

    /** A run takes five times as long as one of streams, and finds its mutants in few seeds. */
    private static final int SHARE = 5;

    static List<Arguments> worlds() {
        return ProgramTest.worlds();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("worlds")
    void everySeedKeepsEveryPromise(Boundary boundary, FaultProfile profile) throws Exception {
        Long single = Long.getLong("millrace.sim.seed");
        if (single != null) {
            FileProgram.play(single, profile, boundary);
            return;
        }
        int seeds = Integer.getInteger("millrace.sim.seeds", DEFAULT_SEEDS) / SHARE;
        for (long seed = 0; seed < seeds; seed++) {
            FileProgram.play(seed, profile, boundary);
        }
    }

    @Test
    void eachFaultOfFilesStrikesSomewhere() throws Exception {
        Set<Fault> missing = EnumSet.range(Fault.SHORT_READ, Fault.DONE_AFTER_CANCEL);
        for (long seed = 0; seed < 500 && !missing.isEmpty(); seed++) {
            SimWorld world = FileProgram.play(seed, FaultProfile.HOSTILE, Boundary.COMPLETION);
            missing.removeIf(fault -> world.count(fault) > 0);
        }
        assertEquals(Set.of(), missing, "never struck");
    }

    @Test
    void oneSeedIsOneRun() throws Exception {
        for (Boundary boundary : Boundary.values()) {
            long trace = FileProgram.play(5, FaultProfile.HOSTILE, boundary).trace();
            assertTrue(trace != 0);
            assertEquals(trace, FileProgram.play(5, FaultProfile.HOSTILE, boundary).trace());
        }
    }
}
