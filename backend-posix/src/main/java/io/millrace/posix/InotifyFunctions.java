// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The C library functions of inotify(7), as jnr-ffi binds them; loaded on Linux only. Public only
 * because jnr-ffi implements it from another class loader.
 */
public interface InotifyFunctions {
    int inotify_init1(int flags);

    int inotify_add_watch(int fd, long path, int mask);

    int inotify_rm_watch(int fd, int directory);
}
