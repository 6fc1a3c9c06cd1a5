// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.millrace.posix.LibcSystemCalls;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel underneath, where it has io_uring: what the other tests play, for real. */
class RunningKernelTest {
    private Features features;

    @BeforeEach
    void probe() {
        try {
            features =
                    new Probe(
                                    new LibcRingCalls(),
                                    LibcSystemCalls.instance(),
                                    HostFacts.read(Path.of("/proc")),
                                    1)
                            .run();
        } catch (UnusableException e) {
            abort(e.getMessage());
        }
    }

    @Test
    void waitsWithAndWithoutATimeLimit() throws Exception {
        try (Ring ring = open()) {
            ring.enable();
            ring.submitAndWait(1);
            assertEquals(0, ring.completions().ready());
            new Requests(ring.submissions()).nothing(42);
            ring.submitAndWait(-1);
            assertEquals(1, ring.completions().ready());
            ring.completions().take();
            assertEquals(42, ring.completions().userData());
        }
    }

    @Test
    void oneThreadCanOpenMoreRingsThanItsTableHolds() throws Exception {
        Ring[] rings = new Ring[20];
        for (int i = 0; i < rings.length; i++) {
            rings[i] = open();
            rings[i].enable();
        }
        for (Ring ring : rings) {
            new Requests(ring.submissions()).nothing(7);
            ring.submitAndPeek();
            assertEquals(1, ring.completions().ready());
            ring.close();
        }
        try (Ring afterwards = open()) {
            afterwards.enable();
            afterwards.submitAndPeek();
        }
    }

    @Test
    void moreCompletionsThanFitAreKept() throws Exception {
        try (Ring ring = open()) {
            ring.enable();
            Requests requests = new Requests(ring.submissions());
            int count = 5 * ring.completions().capacity();
            for (int i = 0; i < count; i++) {
                if (ring.submissions().room() == 0) {
                    ring.submit();
                }
                requests.nothing(i);
            }
            for (int i = 0; i < count; i++) {
                if (ring.completions().ready() == 0) {
                    ring.submitAndPeek();
                }
                ring.completions().take();
                assertEquals(i, ring.completions().userData());
            }
            assertEquals(0, ring.completions().lost());
        }
    }

    private Ring open() throws Exception {
        RingSizes least = new RingSizes(RingSizes.LEAST_SUBMISSIONS, RingSizes.LEAST_COMPLETIONS);
        Ring ring = new RingSetup(new LibcRingCalls()).open(features, least);
        assertTrue(ring.submissions().capacity() >= least.submissions());
        return ring;
    }
}
