// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS in simulated worlds: every split and order of bytes, failures and departures, by seed. */
class SimulatedTlsTest {
    private static final int PLAIN_SEEDS = 100;
    private static final int REAL_SEEDS = 8;

    @ParameterizedTest
    @CsvSource({
        "ROUGH,COMPLETION",
        "ROUGH,LEVEL",
        "ROUGH,EDGE",
        "HOSTILE,COMPLETION",
        "HOSTILE,LEVEL",
        "HOSTILE,EDGE"
    })
    void whateverTheWorldDoesEverythingEndsOnceAndNothingIsLostOrChanged(
            FaultProfile profile, Boundary boundary) throws Exception {
        TlsContext context = TlsContext.client();
        for (int seed = 0; seed < PLAIN_SEEDS; seed++) {
            SimulatedTls.play(seed, profile, boundary, true, context, context);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ROUGH,COMPLETION",
        "ROUGH,LEVEL",
        "ROUGH,EDGE",
        "HOSTILE,COMPLETION",
        "HOSTILE,LEVEL",
        "HOSTILE,EDGE"
    })
    void soItIsWithHandshakesOfTheJdks(FaultProfile profile, Boundary boundary) throws Exception {
        TlsContext clients = TestContexts.client("jdk").tasksInline(true).build();
        TlsContext servers = TestContexts.server("jdk").tasksInline(true).build();
        for (int seed = 0; seed < REAL_SEEDS; seed++) {
            SimulatedTls.play(seed, profile, boundary, false, clients, servers);
        }
    }
}
