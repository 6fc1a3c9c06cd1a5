// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The processors that need different bindings or, on Linux, have different numbers. */
public enum Processor {
    X86_64(null),
    AARCH64("aarch64"),
    PPC64("powerpc64"),
    S390X("s390x"),
    LOONGARCH64("loongarch64"),
    MIPS64EL("mips64el"),
    OTHER(null);

    private final @Nullable String constantsPackage;

    Processor(@Nullable String constantsPackage) {
        this.constantsPackage = constantsPackage;
    }

    /** The processor this process runs on. */
    public static Processor current() {
        return named(System.getProperty("os.arch", ""));
    }

    static Processor named(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            case "ppc64", "ppc64le" -> PPC64;
            case "s390x" -> S390X;
            case "loongarch64" -> LOONGARCH64;
            case "mips64el" -> MIPS64EL;
            default -> OTHER;
        };
    }

    /** The part of a system's jnr-constants package that overrides the rest for this processor. */
    @Nullable String constantsPackage() {
        return constantsPackage;
    }
}
