// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.api.Nested;

/** The simulators keep the contract that they are there to test. */
class SimDriverContractTest {
    @Nested
    class Completion extends Simulated {
        Completion() {
            super(Boundary.COMPLETION);
        }
    }

    @Nested
    class Level extends Simulated {
        Level() {
            super(Boundary.LEVEL);
        }
    }

    @Nested
    class Edge extends Simulated {
        Edge() {
            super(Boundary.EDGE);
        }
    }

    private abstract static class Simulated extends BackendDriverContract {
        private final Boundary boundary;

        Simulated(Boundary boundary) {
            this.boundary = boundary;
        }

        @Override
        protected BackendUnderTest backend() {
            return BackendUnderTest.simulated(new SimWorld(1, FaultProfile.NONE), boundary);
        }
    }
}
