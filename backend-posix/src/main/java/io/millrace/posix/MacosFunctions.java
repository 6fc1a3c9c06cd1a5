// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.provider.jffi.NoX86;

/**
 * What macOS's libc has under a name that means something else elsewhere; six arguments, see {@link
 * Libc#bindSixArguments}. Public only because jnr-ffi implements it elsewhere.
 */
public interface MacosFunctions {
    int sendfile(int fromFd, int toFd, long position, long lengthAddress, long headers, int flags);

    /** The same without jnr-ffi's machine-code stub. */
    @NoX86
    interface OnX86 extends MacosFunctions {}
}
