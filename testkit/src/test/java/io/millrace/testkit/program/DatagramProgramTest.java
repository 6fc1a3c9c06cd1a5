// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link DatagramProgram} at every boundary, in every kind of world. */
class DatagramProgramTest {
    private static final int SEEDS = 60;

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void questionsAreAnsweredWhateverTheNetworkDoes(Boundary boundary) throws IOException {
        for (FaultProfile profile : FaultProfile.values()) {
            for (long seed = 0; seed < SEEDS; seed++) {
                DatagramProgram.play(seed, profile, boundary);
            }
        }
    }

    @Test
    void eachFaultOfDatagramsStrikesSomewhere() throws IOException {
        Set<Fault> struck = EnumSet.noneOf(Fault.class);
        for (long seed = 0; seed < SEEDS; seed++) {
            Boundary boundary = Boundary.values()[(int) seed % Boundary.values().length];
            SimWorld world = DatagramProgram.play(seed, FaultProfile.HOSTILE, boundary);
            for (Fault fault : Fault.values()) {
                if (world.count(fault) > 0) {
                    struck.add(fault);
                }
            }
        }
        for (Fault fault : Fault.values()) {
            boolean expected = fault.name().startsWith("DATAGRAM") || fault == Fault.NETWORK_FULL;
            assertTrue(!expected || struck.contains(fault), fault + " never struck");
        }
    }
}
