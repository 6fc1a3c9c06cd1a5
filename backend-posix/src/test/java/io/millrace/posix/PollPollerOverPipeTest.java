// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.spi.reactor.Poller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The same with the wake-up of systems that have no eventfd. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "works with pipe2 and eventfd")
class PollPollerOverPipeTest extends LevelPollerContract {
    @Override
    @BeforeEach
    void openPoller() throws IoException {
        SocketDialect dialect = SocketDialect.of(Platform.current(), kernel.calls());
        poller = open(kernel.calls(), PipeWakeup.open(kernel.calls(), dialect));
    }

    @Override
    Poller open(SystemCalls calls, WakeupDescriptor wakeup) {
        return new PollPoller(calls, wakeup, new UncountedContext());
    }

    @Override
    String waitingCall() {
        return "poll";
    }

    @Override
    @Test
    void wakeupCounterOverflowStillWakes() throws IoException {
        for (int i = 0; i < 100_000; i++) {
            poller.wakeup();
        }
        assertEquals(0, select(NO_LIMIT).size(), "a full pipe is readable");
        assertEquals(0, select(NO_WAIT).size());
    }
}
