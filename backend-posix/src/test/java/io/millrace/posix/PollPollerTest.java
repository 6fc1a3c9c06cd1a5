// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Poller;

/** poll(2) with the wake-up of Linux. */
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
