// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The systems whose numbers and layouts this package knows.
 *
 * <p>Decided from {@code os.name} alone, so that a provider can answer "not here" without loading
 * any native code.
 */
public enum OperatingSystem {
    LINUX("linux"),
    MACOS("darwin"),
    FREEBSD("freebsd"),
    OPENBSD("openbsd"),
    DRAGONFLY("dragonflybsd"),
    /** jnr-constants has no table for NetBSD and would answer made-up values. */
    NETBSD(null),
    OTHER(null);

    private final @Nullable String constantsPackage;

    OperatingSystem(@Nullable String constantsPackage) {
        this.constantsPackage = constantsPackage;
    }

    /** The system this process runs on. */
    public static OperatingSystem current() {
        return named(System.getProperty("os.name", ""));
    }

    static OperatingSystem named(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac") || name.startsWith("darwin")) {
            return MACOS;
        }
        for (OperatingSystem system : values()) {
            if (system != OTHER && name.startsWith(system.name().toLowerCase(Locale.ROOT))) {
                return system;
            }
        }
        return OTHER;
    }

    /** Whether socket addresses begin with a length byte, as 4.4BSD and its children have it. */
    public boolean isBsd() {
        return this != LINUX && this != OTHER;
    }

    /** Where jnr-constants keeps this system's numbers; null when it has none. */
    @Nullable String constantsPackage() {
        return constantsPackage;
    }
}
