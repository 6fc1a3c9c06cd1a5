// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.provider.jffi.NoX86;

/**
 * The C library functions that children are started and reaped by. Those of posix_spawn answer an
 * errno. Public only because jnr-ffi implements it from another class loader.
 */
public interface SpawnFunctions {
    @IgnoreError
    int posix_spawn_file_actions_init(long actions);

    @IgnoreError
    int posix_spawn_file_actions_destroy(long actions);

    @IgnoreError
    int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    /** glibc 2.34 and later. */
    @IgnoreError
    int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    /** glibc 2.29 and later. */
    @IgnoreError
    int posix_spawn_file_actions_addchdir_np(long actions, long path);

    @IgnoreError
    int posix_spawnattr_init(long attributes);

    @IgnoreError
    int posix_spawnattr_destroy(long attributes);

    @IgnoreError
    int posix_spawnattr_setflags(long attributes, short flags);

    @IgnoreError
    int posix_spawnattr_setsigmask(long attributes, long mask);

    @IgnoreError
    int posix_spawnattr_setsigdefault(long attributes, long signals);

    int waitpid(int pid, long status, int options);

    int waitid(int kind, int id, long information, int options);

    int kill(int pid, int signal);

    int sigaction(int signal, long action, long before);

    /** Answers the address of what handled it before. */
    @IgnoreError
    long signal(int signal, long handler);

    /** Variadic in C; on Linux arguments that are no fractions travel as those of any function. */
    long syscall(long number, long first, long second);

    /** The one with six arguments; see {@link Libc#bindSixArguments}. */
    interface Six {
        int posix_spawnp(
                long pid,
                long file,
                long actions,
                long attributes,
                long arguments,
                long environment);
    }

    /** The same without jnr-ffi's machine-code stub. */
    @NoX86
    interface SixOnX86 extends Six {}
}
