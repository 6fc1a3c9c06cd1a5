// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.api.Nested;

/** Unix-domain sockets on simulated kernels, where they have names but no files. */
class SimUnixContractTest {
    @Nested
    class Completion extends UnixContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.simulated(world(), Boundary.COMPLETION);
        }
    }

    @Nested
    class Edge extends UnixContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.simulated(world(), Boundary.EDGE);
        }
    }

    private static SimWorld world() {
        return new SimWorld(1, FaultProfile.NONE);
    }
}
