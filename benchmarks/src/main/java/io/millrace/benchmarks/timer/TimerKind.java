// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A way to have timers. Stateless. */
public interface TimerKind {
    /** Netty's {@code HashedWheelTimer}. */
    String NETTY_WHEEL = "netty-wheel";

    /** The JDK's {@code ScheduledThreadPoolExecutor}. */
    String JDK_SCHEDULER = "jdk-scheduler";

    /** As it is called in parameters and reports. */
    String name();

    /** Makes a place for so many timers. */
    TimerSet open(int capacity) throws IOException;

    /** The names that run here: backends of Millrace first, of which the first is its choice. */
    static List<String> usableNames() {
        BackendReport report = Backends.report();
        List<String> names = new ArrayList<>();
        for (BackendInfo backend : report.backends()) {
            if (backend.usable()) {
                names.add(
                        backend.name().equals(report.chosen()) ? 0 : names.size(), backend.name());
            }
        }
        names.add(NETTY_WHEEL);
        names.add(JDK_SCHEDULER);
        return names;
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    static TimerKind usable(String name) {
        if (!usableNames().contains(name)) {
            throw new IllegalArgumentException(
                    "no timer that runs here is called " + name + "; there are " + usableNames());
        }
        return switch (name) {
            case NETTY_WHEEL -> new WheelKind();
            case JDK_SCHEDULER -> new SchedulerKind();
            default -> new LoopTimerKind(name);
        };
    }
}
