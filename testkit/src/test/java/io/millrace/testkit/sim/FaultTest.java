// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.testkit.sim.SimBackend.Boundary;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults strike, none of them breaks what it is not supposed to, and each run has its own. */
class FaultTest {
    @ParameterizedTest
    @EnumSource(Boundary.class)
    void whatARoughWorldDoesIsSurvivable(Boundary boundary) throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            SimTransfer.run(new SimWorld(seed, FaultProfile.ROUGH), boundary);
        }
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aKindWorldInjectsNothing(Boundary boundary) throws Exception {
        SimWorld world = new SimWorld(3, FaultProfile.NONE);
        SimTransfer.run(world, boundary);
        for (Fault fault : Fault.values()) {
            assertEquals(0, world.count(fault), fault::toString);
        }
    }

    @Test
    void eachRoughFaultStrikesSomewhere() throws Exception {
        Set<Fault> struck = EnumSet.noneOf(Fault.class);
        for (long seed = 0; seed < 100; seed++) {
            for (Boundary boundary : Boundary.values()) {
                SimWorld world = new SimWorld(seed, FaultProfile.ROUGH);
                SimTransfer.run(world, boundary);
                for (Fault fault : Fault.values()) {
                    if (world.count(fault) > 0) {
                        struck.add(fault);
                    }
                }
            }
        }
        for (Fault fault : Fault.values()) {
            // Nothing is sent any more when this program closes; cancelled sends have their test.
            // Those of datagrams and of Unix-domain connections have theirs.
            boolean expected =
                    fault.rough > 0
                            && fault != Fault.BYTES_AFTER_CANCEL
                            && !fault.isOfDatagrams()
                            && !fault.isOfUnix()
                            && !fault.isOfFiles();
            assertTrue(!expected || struck.contains(fault), fault + " never struck");
        }
    }

    @Test
    void eachRunSwitchesSomeFaultsOff() {
        Set<Boolean> seen = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            SimWorld world = new SimWorld(seed, FaultProfile.ROUGH);
            boolean delayed = false;
            for (int i = 0; i < 100; i++) {
                delayed |= world.strikes(Fault.DELAY);
            }
            seen.add(delayed);
        }
        assertEquals(Set.of(true, false), seen);
    }
}
