// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.List;

/**
 * Every setting of Millrace, and the names of its backends: the one place that lists them. What is
 * not here does not exist, and is refused with the nearest name; other people's backends declare
 * their own, see {@link BackendProvider#settings}.
 */
public final class Settings {
    /** The backends of Millrace, whether or not they are on the class path. */
    public static final List<String> BACKENDS =
            List.of("io_uring", "epoll", "epoll-et", "kqueue", "poll", "nio", "select");

    /** What stands for all backends in a list of names. */
    public static final String AUTO = "auto";

    /** The environment variable that names the backends, where the property does not. */
    public static final String BACKEND_VARIABLE = "MILLRACE_BACKEND";

    /** Every environment variable. */
    public static final List<String> VARIABLES = List.of(BACKEND_VARIABLE);

    /** Backends by name, best first, with commas between. */
    public static final Setting BACKEND =
            process("backend", new Setting.Text("a list of backends"), AUTO);

    /** Whether failures carry a stack trace. */
    public static final Setting TRACES = process("traces", Setting.Words.FLAG, "false");

    /** How system calls reach the kernel. */
    public static final Setting SYSCALLS =
            process("syscalls", new Setting.Words(List.of("direct", "libc")), "direct");

    /** Where the native library is put that jffi loads. */
    public static final Setting NATIVE_DIRECTORY =
            process("native.directory", new Setting.Text("a directory"), "java.io.tmpdir");

    /** A library with kqueue and kevent, instead of libc. */
    public static final Setting KQUEUE_LIBRARY =
            process("kqueue.library", new Setting.Text("the path of a library"), "libc");

    /** How the records of that library are laid out. */
    public static final Setting KQUEUE_ABI =
            process(
                    "kqueue.abi",
                    new Setting.Words(
                            List.of(
                                    "macos",
                                    "freebsd",
                                    "openbsd",
                                    "netbsd",
                                    "netbsd11",
                                    "dragonfly",
                                    "libkqueue")),
                    "the system's");

    /** Entries of the submission queue; the kernel's own limit is the last. */
    public static final Setting IO_URING_SUBMISSIONS =
            Setting.powerOfTwo("io_uring.submissions", 16, 32_768, 128);

    /** Entries of the completion queue; the kernel's own limit is the last. */
    public static final Setting IO_URING_COMPLETIONS =
            Setting.powerOfTwo("io_uring.completions", 64, 65_536, 1024);

    /** How long a kernel thread that takes submissions goes without any before it sleeps. */
    public static final Setting IO_URING_SQPOLL_IDLE_MILLIS =
            Setting.number("io_uring.sqpoll-idle-millis", 0, Integer.MAX_VALUE, 0);

    /** How long a turn of a loop may last before it is told of as a stall; 0 for ever. */
    public static final Setting STALL_MILLIS =
            Setting.number("stall-millis", 0, Integer.MAX_VALUE, 0);

    /** All of them, in the order to show them. */
    public static final List<Setting> ALL =
            List.of(
                    BACKEND,
                    TRACES,
                    STALL_MILLIS,
                    SYSCALLS,
                    NATIVE_DIRECTORY,
                    IO_URING_SUBMISSIONS,
                    IO_URING_COMPLETIONS,
                    IO_URING_SQPOLL_IDLE_MILLIS,
                    KQUEUE_LIBRARY,
                    KQUEUE_ABI,
                    tests("api.write"),
                    tests("required"),
                    tests("required.programs"),
                    tests("sim.profile"),
                    tests("sim.seed"),
                    tests("sim.seeds"),
                    tests("churn.cycles"),
                    tests("benchmarks.smoke"),
                    tests("benchmarks.halt"),
                    tests("netty.all"),
                    tests("tls.engines"));

    private Settings() {}

    private static Setting process(String name, Setting.Values values, String byDefault) {
        return new Setting(name, Setting.Scope.PROCESS, values, byDefault);
    }

    private static Setting tests(String name) {
        return new Setting(name, Setting.Scope.TESTS, new Setting.Text("see its test"), "");
    }
}
