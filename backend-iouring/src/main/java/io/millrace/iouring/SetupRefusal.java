// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.spi.Code;

/** Says in one line why the kernel refused a ring, and what to do about it. */
final class SetupRefusal {
    static final String OLDEST_KERNEL = "6.1";

    private static final String ALLOW_IN_FILTER =
            "allow io_uring_setup, io_uring_enter and io_uring_register in it"
                    + " (Docker: --security-opt seccomp=<profile>)";

    private SetupRefusal() {}

    /** {@code code} is what io_uring_setup(2) answered. */
    static String explain(int code, HostFacts facts) {
        return switch (code) {
            case Code.NO_MEMORY -> noMemory(facts);
            case Code.NOT_PERMITTED, Code.ACCESS_DENIED -> denied(code, facts);
            case Code.NOT_IMPLEMENTED -> missing(facts);
            case Code.INVALID_ARGUMENT -> tooOld(facts);
            case Code.TOO_MANY_FILES, Code.FILE_TABLE_OVERFLOW ->
                    "no descriptor is left for a ring: raise the limit on open files (ulimit -n)";
            default -> "io_uring_setup fails: " + Code.name(code) + ", " + Code.describe(code);
        };
    }

    private static String noMemory(HostFacts facts) {
        return facts.unlimitedMemlock()
                ? "the kernel has no memory for a ring"
                : "RLIMIT_MEMLOCK is used up" + memlockAdvice(facts);
    }

    /** There are rings for {@code loops} loops, but {@code needed} are usual on this machine. */
    static String noRoom(int loops, int needed, HostFacts facts) {
        return "RLIMIT_MEMLOCK has room for the rings of "
                + loops
                + " of "
                + needed
                + " loops"
                + memlockAdvice(facts);
    }

    private static String memlockAdvice(HostFacts facts) {
        return ": it is "
                + facts.memlock()
                + " and shared by all rings of this user; raise it (ulimit -l, LimitMEMLOCK=,"
                + " --ulimit memlock=), or grant CAP_IPC_LOCK";
    }

    private static String denied(int code, HostFacts facts) {
        return switch (facts.disabled()) {
            case "2" ->
                    "kernel.io_uring_disabled is 2, which forbids it to everybody:"
                            + " sysctl kernel.io_uring_disabled=0";
            case "1" ->
                    "kernel.io_uring_disabled is 1, which forbids it to the unprivileged:"
                            + " join the group of kernel.io_uring_group,"
                            + " or sysctl kernel.io_uring_disabled=0";
            default ->
                    facts.seccompFilter()
                            ? "a seccomp filter forbids it: " + ALLOW_IN_FILTER
                            : "a security policy forbids it (" + Code.name(code) + ")";
        };
    }

    private static String missing(HostFacts facts) {
        return facts.seccompFilter()
                ? "a seccomp filter hides it: " + ALLOW_IN_FILTER
                : "Linux " + facts.kernelRelease() + " is built without it (CONFIG_IO_URING)";
    }

    static String tooOld(HostFacts facts) {
        return "Linux " + OLDEST_KERNEL + " or newer is needed; this is " + facts.kernelRelease();
    }
}
