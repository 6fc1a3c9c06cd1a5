// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every backend on the class path, whether it can run here and why, and which one a loop would get.
 *
 * @param chosen what {@link EventLoop#open()} would use now, or null if that would fail
 * @param explanation why that one, or why none
 * @param backends all of them, in the order of the automatic choice
 */
public record BackendReport(
        @Nullable String chosen, String explanation, List<BackendInfo> backends) {
    public BackendReport {
        backends = List.copyOf(backends);
    }

    /** The report as lines of text for a person. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(chosen == null ? "no backend" : chosen).append(": ").append(explanation);
        for (BackendInfo backend : backends) {
            text.append(System.lineSeparator())
                    .append(backend.name().equals(chosen) ? " * " : "   ")
                    .append(backend.name())
                    .append(backend.usable() ? ": usable: " : ": not usable: ")
                    .append(backend.reason());
        }
        return text.toString();
    }
}
