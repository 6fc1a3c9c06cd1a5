// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
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
        TlsContext[] contexts = {
            in(TlsContext.builder(), EngineMemory.HEAP),
            in(TlsContext.builder(), EngineMemory.DIRECT)
        };
        for (int seed = 0; seed < PLAIN_SEEDS; seed++) {
            // Also either end in the other's kind of memory.
            TlsContext clients = contexts[seed & 1];
            TlsContext servers = contexts[seed >> 1 & 1];
            SimulatedTls.play(seed, profile, boundary, true, clients, servers);
        }
    }

    private static TlsContext in(TlsContext.Builder context, EngineMemory memory)
            throws IoException {
        return context.engineMemory(memory).tasksInline(true).build();
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
        TlsContext clients = in(TestContexts.client("jdk"), EngineMemory.HEAP);
        TlsContext servers = in(TestContexts.server("jdk"), EngineMemory.DIRECT);
        for (int seed = 0; seed < REAL_SEEDS; seed++) {
            SimulatedTls.play(seed, profile, boundary, false, clients, servers);
        }
    }
}
