// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.provider.jffi.NoX86;

/** Holds the process's {@link SixArgumentFunctions}, bound the way this processor needs it. */
public final class SixArguments {
    /** The same functions without jnr-ffi's machine-code stubs. Public for jnr-ffi alone. */
    @NoX86
    public interface OnX86 extends SixArgumentFunctions {}

    private static final class Instance {
        static final SixArgumentFunctions ONLY =
                Libc.bindSixArguments(SixArgumentFunctions.class, OnX86.class);
    }

    private SixArguments() {}

    /** Only after {@link Libc#unusableReason} returned null. Any thread. */
    public static SixArgumentFunctions functions() {
        return Instance.ONLY;
    }
}
