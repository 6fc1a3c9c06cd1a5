// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.api.Nested;

/** The contract suite on simulated kernels: as strict as on real ones, and repeatable. */
class SimContractTest {
    @Nested
    class Completion extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.simulated(world(), Boundary.COMPLETION);
        }
    }

    @Nested
    class Level extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.simulated(world(), Boundary.LEVEL);
        }
    }

    @Nested
    class Edge extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.simulated(world(), Boundary.EDGE);
        }
    }

    private static SimWorld world() {
        return new SimWorld(1, FaultProfile.NONE);
    }
}
