// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import java.util.Map;

/** {@code select}: the oldest engine, for comparison; descriptors below 1024 and O(n) waits. */
public final class SelectBackend extends DescriptorBackend {
    private static final DescriptorLimit LIMIT =
            new DescriptorLimit(
                    SelectPoller.LIMIT,
                    "too high for select(2), which can watch those below FD_SETSIZE = "
                            + SelectPoller.LIMIT
                            + "; use another backend, such as -Dmillrace.backend=epoll,poll");

    /** For the service loader. */
    public SelectBackend() {}

    @Override
    public String name() {
        return "select";
    }

    /** Below all others. */
    @Override
    public int rank() {
        return 1;
    }

    @Override
    protected DescriptorLimit descriptorLimit() {
        return LIMIT;
    }

    @Override
    protected void describe(Map<String, String> facts) {
        facts.put("highest descriptor", String.valueOf(SelectPoller.LIMIT - 1));
    }

    @Override
    protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException {
        WakeupDescriptor wakeup = WakeupDescriptor.open(calls, platform);
        try {
            LIMIT.check(wakeup.descriptor(), "open select");
            return new SelectPoller(calls, wakeup, context);
        } catch (Throwable failure) {
            wakeup.close();
            throw failure;
        }
    }
}
