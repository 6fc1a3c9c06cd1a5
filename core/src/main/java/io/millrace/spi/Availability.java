// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.Map;

/**
 * Whether an engine can run here, and why. A missing engine is a normal answer, not an error.
 *
 * @param usable whether {@link BackendProvider#open} can be expected to work
 * @param reason one line: what makes it good here, or what is missing and what to do about it
 * @param facts features and limits worth showing, by name, in the order to show them
 */
public record Availability(boolean usable, String reason, Map<String, String> facts) {
    public static Availability usable(String reason, Map<String, String> facts) {
        return new Availability(true, reason, facts);
    }

    public static Availability unusable(String reason) {
        return new Availability(false, reason, Map.of());
    }
}
