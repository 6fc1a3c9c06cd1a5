// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/** Tells how many descriptors this process may have: what limits its connections first. */
final class OpenFiles {
    private static final int SOFT = 0;
    private static final int HARD = 8;

    private OpenFiles() {}

    static String limit(SystemCalls calls, Platform platform) {
        NativeMemory limits = NativeMemory.allocate(16);
        int result =
                limits.keptFor(
                        calls.getrlimit(platform.constants().rlimitNofile, limits.address()));
        return result < 0
                ? "limit unknown"
                : "at most " + number(limits, SOFT) + " (hard limit " + number(limits, HARD) + ")";
    }

    /** RLIM_INFINITY is all ones on Linux and all but the highest on the BSDs. */
    private static String number(NativeMemory limits, int offset) {
        long value = limits.getLong(offset);
        return value < 0 || value == Long.MAX_VALUE ? "unlimited" : Long.toString(value);
    }
}
