// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A loop whose chunks are all in use goes on, as long as something else can be copied to. */
class StarvationTest {
    @ParameterizedTest
    @CsvSource({"NONE,COMPLETION", "NONE,LEVEL", "NONE,EDGE", "ROUGH,LEVEL", "ROUGH,EDGE"})
    void chunksInWriteQueuesDoNotKeepTheLoopFromReceiving(String profile, String boundary)
            throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Starvation.InQueues.play(seed, profile, boundary);
        }
    }

    @ParameterizedTest
    @CsvSource({"NONE,COMPLETION", "NONE,LEVEL", "NONE,EDGE"})
    void chunksInTheUsersHandsDoNotEither(String profile, String boundary) throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Starvation.InHands.play(seed, profile, boundary);
        }
    }
}
