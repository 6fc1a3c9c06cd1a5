// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.WaitLayout;
import io.millrace.posix.KernelEntry;

/** {@link LibcRingCalls} whose entries do without libc, and need no preparing for a time limit. */
final class DirectRingCalls extends LibcRingCalls {
    @Override
    public int enter(int ring, int submissions, int completions, int flags) {
        return (int) KernelEntry.call(ENTER, ring, submissions, completions, flags, 0, 0);
    }

    @Override
    public int enter(int ring, int submissions, int completions, int flags, long argument) {
        return (int)
                KernelEntry.call(
                        ENTER,
                        ring,
                        submissions,
                        completions,
                        flags,
                        argument,
                        WaitLayout.ARGUMENT_BYTES);
    }
}
