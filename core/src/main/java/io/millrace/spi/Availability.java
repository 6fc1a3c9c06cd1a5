// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.Map;

/**
 * Whether an engine can run here, and why. A missing engine is a normal answer, not an error.
 *
 * @param usable whether {@link BackendProvider#open} can be expected to work
 * @param reason one line: what makes it good here, or what is missing and what to do about it
 * @param facts features and limits worth showing, by name, in the order to show them
 * @param incomplete whether the program lacks something that was meant to be there, such as a jar
 *     or a module: no property of the machine, and so nothing to pass over in silence
 */
public record Availability(
        boolean usable, String reason, Map<String, String> facts, boolean incomplete) {
    public static Availability usable(String reason, Map<String, String> facts) {
        return new Availability(true, reason, facts, false);
    }

    public static Availability unusable(String reason) {
        return new Availability(false, reason, Map.of(), false);
    }

    /** Not usable because the program is not whole; whoever passes it over logs the reason. */
    public static Availability incomplete(String reason) {
        return new Availability(false, reason, Map.of(), true);
    }

    /** What lies at the bottom of a failure to load something, in one line, and what to do. */
    public static String reasonOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        // jffi puts the stack traces of earlier failures into texts.
        String what = root.toString().lines().findFirst().orElse("");
        boolean isMissing =
                root instanceof ClassNotFoundException || root instanceof NoClassDefFoundError;
        String advice =
                "; add the jar or module that has this class: java --add-modules ALL-MODULE-PATH"
                        + " takes all that are on the module path";
        return isMissing ? what + advice : what;
    }
}
