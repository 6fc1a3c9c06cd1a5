// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.util.Locale;

/** How unkind a simulated world is. */
public enum FaultProfile {
    /** Nothing goes wrong and nothing takes time. */
    NONE,
    /**
     * Everything is late, partial and spurious, but no operation fails that a loop does not retry.
     */
    ROUGH,
    /** Operations fail as well, with any code that is declared for them. */
    HOSTILE;

    double chance(Fault fault) {
        return switch (this) {
            case NONE -> 0;
            case ROUGH -> fault.rough;
            case HOSTILE -> fault.hostile;
        };
    }

    /** The profile as it is written in {@code -Dmillrace.sim.profile}. */
    public String propertyValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
