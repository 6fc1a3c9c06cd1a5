// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.IoException;
import io.millrace.posix.DescriptorBackend;
import io.millrace.posix.EventfdWakeup;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the two epoll backends share: everything but the trigger. */
abstract class EpollEngine extends DescriptorBackend {
    abstract boolean edgeTriggered();

    /** The kernel's epoll; a test's double answers its own. */
    EpollCalls epollCalls() {
        return LibcEpollCalls.instance();
    }

    @Override
    protected final @Nullable String foreignSystem() {
        return OperatingSystem.current() == OperatingSystem.LINUX
                ? null
                : "epoll is Linux's, this is " + System.getProperty("os.name");
    }

    @Override
    protected final Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException {
        EventfdWakeup wakeup = EventfdWakeup.open(calls, platform.constants());
        try {
            return new EpollPoller(epollCalls(), calls, wakeup, platform, context, edgeTriggered());
        } catch (Throwable failure) {
            wakeup.close();
            throw failure;
        }
    }

    @Override
    protected final void describe(Map<String, String> facts) {
        facts.put("trigger", edgeTriggered() ? "edge" : "level");
    }
}
