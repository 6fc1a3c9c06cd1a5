// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import java.util.IdentityHashMap;
import java.util.Map;

/** Collects what a poller reports in one wait. */
final class Readiness implements Poller.Ready {
    private final Map<Pollable, Integer> masks = new IdentityHashMap<>();

    @Override
    public void ready(Pollable pollable, int mask) {
        masks.merge(pollable, mask, (before, more) -> before | more);
    }

    int of(Pollable pollable) {
        return masks.getOrDefault(pollable, 0);
    }

    int size() {
        return masks.size();
    }
}
