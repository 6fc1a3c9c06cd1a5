// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import jnr.ffi.provider.jffi.NoX86;

/**
 * kevent(2), apart from the others because it has six arguments: see {@link
 * io.millrace.posix.Libc#bindSixArguments}. Public only because jnr-ffi implements it elsewhere.
 */
public interface KeventFunction {
    int kevent(
            int kqueue, long changes, int changeCount, long events, int eventCount, long timeout);

    /** The same without jnr-ffi's machine-code stub. */
    @NoX86
    interface OnX86 extends KeventFunction {}
}
