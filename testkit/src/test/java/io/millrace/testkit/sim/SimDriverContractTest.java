// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.api.Nested;

/** The simulators keep the contract that they are there to test. */
class SimDriverContractTest {
    private static BackendUnderTest simulated(Boundary boundary) {
        return BackendUnderTest.simulated(new SimWorld(1, FaultProfile.NONE), boundary);
    }

    @Nested
    class CompletionLifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.COMPLETION);
        }
    }

    @Nested
    class CompletionReceive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.COMPLETION);
        }
    }

    @Nested
    class CompletionWait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.COMPLETION);
        }
    }

    @Nested
    class LevelLifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.LEVEL);
        }
    }

    @Nested
    class LevelReceive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.LEVEL);
        }
    }

    @Nested
    class LevelWait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.LEVEL);
        }
    }

    @Nested
    class EdgeLifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.EDGE);
        }
    }

    @Nested
    class EdgeReceive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.EDGE);
        }
    }

    @Nested
    class EdgeWait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return simulated(Boundary.EDGE);
        }
    }
}
