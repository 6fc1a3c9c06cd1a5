// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Poller;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** poll(2) with the wake-up of Linux. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "works with pipe2 and eventfd")
class PollPollerTest extends LevelPollerContract {
    @Override
    Poller open(SystemCalls calls, WakeupDescriptor wakeup) {
        return new PollPoller(calls, wakeup, new UncountedContext());
    }

    @Override
    String waitingCall() {
        return "poll";
    }
}
