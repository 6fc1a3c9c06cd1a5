// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * What the libc of FreeBSD and DragonFly has under a name that means something else elsewhere.
 * Seven arguments cost some garbage per call, little compared with what a call moves. Public only
 * because jnr-ffi implements it elsewhere.
 */
public interface FreebsdFunctions {
    int sendfile(
            int fromFd,
            int toFd,
            long position,
            long count,
            long headers,
            long sentAddress,
            int flags);
}
