// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.Code;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import java.util.IdentityHashMap;

/** Collects what a poller reports in one wait. */
public final class Readiness implements Poller.Ready {
    private final IdentityHashMap<Pollable, Integer> masks = new IdentityHashMap<>();
    private final IdentityHashMap<Pollable, String> refusals = new IdentityHashMap<>();

    public Readiness() {}

    @Override
    public void ready(Pollable pollable, int mask) {
        masks.merge(pollable, mask, (before, more) -> before | more);
    }

    @Override
    public void refused(Pollable pollable, int code) {
        refusals.merge(pollable, Code.name(code), (before, again) -> before + "," + again);
    }

    /** The mask that was reported; 0 if none was. */
    public int of(Pollable pollable) {
        return masks.getOrDefault(pollable, 0);
    }

    /** The names of the codes that it was refused with. */
    public String refusal(Pollable pollable) {
        return refusals.getOrDefault(pollable, "none");
    }

    /** How much was reported of either kind. */
    public int size() {
        return masks.size() + refusals.size();
    }
}
