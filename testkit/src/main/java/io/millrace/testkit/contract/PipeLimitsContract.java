// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.RunMode;
import io.millrace.process.Pipe;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a message through a pipe costs. */
public abstract class PipeLimitsContract extends ContractTest {
    private static final int MESSAGES = 1_000;

    /** Compiling takes some thousand messages; then one round without allocation is the proof. */
    private static final int ROUNDS = 60;

    private int echoed;

    @Override
    boolean isRefereed() {
        return false;
    }

    @Test
    void aMessageAllocatesNothing() throws IOException {
        assumeReal("a wait");
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        Pipe.Pair there = Pipe.open(loop());
        Pipe.Pair back = Pipe.open(loop());
        there.source()
                .read(
                        (stream, chunk) -> {
                            back.sink().write(chunk);
                            echoed++;
                        });
        back.source().read((stream, chunk) -> there.sink().write(chunk));
        there.sink().write(bytes(64), 0, 64);
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        try (Watchdog watchdog = Watchdog.over(List.of(loop()), LoopRig.DEADLINE_NANOS)) {
            for (int round = 0; round < ROUNDS && least > 0; round++) {
                int target = echoed + MESSAGES;
                meter.restart();
                while (echoed < target && !watchdog.hasBarked()) {
                    loop().run(RunMode.ONCE);
                }
                least = Math.min(least, meter.allocatedBytes());
                assertTrue(echoed >= target, "nothing comes any more");
            }
        }
        assertEquals(0, least, "bytes in the best of all rounds");
    }
}
