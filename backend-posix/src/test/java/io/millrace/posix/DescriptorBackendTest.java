// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a probe answers, what it remembers, and what opening makes of it. */
class DescriptorBackendTest {
    private int trials;

    /** A backend whose trial run ends as a test wants. */
    private final class Trial extends DescriptorBackend {
        private final String name;
        private final Supplier<Poller> outcome;
        private @Nullable IoException failure;

        Trial(String name, Supplier<Poller> outcome) {
            this.name = name;
            this.outcome = outcome;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int rank() {
            return -1;
        }

        @Override
        protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
                throws IoException {
            trials++;
            if (failure != null) {
                throw failure;
            }
            return outcome.get();
        }
    }

    @Test
    void whatWorksSaysWhereAndWithinWhichLimits() {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            Availability answer = provider.probe();
            assertTrue(answer.usable(), answer.reason());
            assertTrue(answer.reason().contains(System.getProperty("os.version")));
            assertTrue(answer.facts().get("descriptors").startsWith("at most "));
        }
    }

    @Test
    void theTrialIsMadeOncePerProcess() {
        new PollBackend().probe();
        Trial trial = new Trial("works", () -> poller());
        assertTrue(trial.probe().usable());
        assertTrue(new Trial("works", () -> poller()).probe().usable());
        assertEquals(1, trials);
    }

    @Test
    void whateverGoesWrongForGoodIsARememberedReason() {
        Trial trial =
                new Trial(
                        "broken",
                        () -> {
                            throw new UnsatisfiedLinkError("no such function");
                        });
        assertFalse(trial.probe().usable());
        assertTrue(trial.probe().reason().contains("no such function"));
        assertEquals(1, trials);
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> trial.open(DriverConfig.DEFAULT, new UncountedContext()));
        assertTrue(refusal.getMessage().contains("no such function"), refusal.getMessage());
    }

    @Test
    void emfileDuringTheTrialIsNotHeldAgainstIt() {
        Trial trial = new Trial("unlucky", () -> poller());
        trial.failure = IoException.of(Code.TOO_MANY_FILES, "eventfd", null);
        assertTrue(trial.probe().reason().contains("EMFILE"), trial.probe().reason());
        trial.failure = null;
        assertTrue(trial.probe().usable());
    }

    @Test
    void aKnownSystemIsNotForeign() {
        assertNull(new PollBackend().foreignSystem());
    }

    private static Poller poller() {
        SystemCalls calls = LibcSystemCalls.instance();
        try {
            return new PollPoller(
                    calls,
                    WakeupDescriptor.open(calls, Platform.current()),
                    new UncountedContext());
        } catch (IoException e) {
            throw new AssertionError(e);
        }
    }
}
