// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import java.util.EnumMap;
import java.util.Map;

/** What both kinds of simulated sockets have: readiness, somebody who watches it, and options. */
abstract class SimDescriptor {
    private final Map<PortOption, Integer> options = new EnumMap<>(PortOption.class);
    private Watcher watcher = mask -> {};

    /** Hears of every change that may end a wait. */
    interface Watcher {
        void changed(int mask);
    }

    final void watch(Watcher watcher) {
        this.watcher = watcher;
    }

    final void changed(int mask) {
        watcher.changed(mask);
    }

    /** What a level-triggered poller would say now. */
    abstract int readiness();

    abstract void close();

    final int setOption(PortOption option, int value) {
        if (value < 0) {
            return Code.INVALID_ARGUMENT;
        }
        options.put(option, value);
        return Code.OK;
    }

    final int getOption(PortOption option) {
        return options.getOrDefault(option, 0);
    }
}
