// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;

/** {@code poll}: the plainest engine without a limit on descriptors; every wait costs O(n). */
public final class PollBackend extends DescriptorBackend {
    /** For the service loader. */
    public PollBackend() {}

    @Override
    public String name() {
        return "poll";
    }

    @Override
    public int rank() {
        return 200;
    }

    @Override
    protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException {
        WakeupDescriptor wakeup = WakeupDescriptor.open(calls, platform);
        try {
            return new PollPoller(calls, wakeup, context);
        } catch (Throwable failure) {
            wakeup.close();
            throw failure;
        }
    }
}
