// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.WaitLayout;
import io.millrace.posix.SevenArgumentCall;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Prepared calls of io_uring_enter(2) with a time limit, which has seven arguments with the number
 * of the call itself. Once a ring is enabled, its entries differ only in how many submissions they
 * hand over (the limit itself is in memory), so after a while each such number has been prepared
 * and waiting allocates nothing. One thread at a time.
 */
final class TimedEntries {
    private int ring;
    private int completions;
    private int flags;
    private long argument;
    private @Nullable SevenArgumentCall[] bySubmissions = new SevenArgumentCall[0];

    SevenArgumentCall get(int ring, int submissions, int completions, int flags, long argument) {
        forgetUnless(ring, completions, flags, argument);
        if (submissions >= bySubmissions.length) {
            bySubmissions = Arrays.copyOf(bySubmissions, submissions + 1 + bySubmissions.length);
        }
        SevenArgumentCall known = bySubmissions[submissions];
        return known != null ? known : prepare(submissions);
    }

    private SevenArgumentCall prepare(int submissions) {
        SevenArgumentCall call =
                SevenArgumentCall.of(
                        "syscall",
                        LibcRingCalls.ENTER,
                        ring,
                        submissions,
                        completions,
                        flags,
                        argument,
                        WaitLayout.ARGUMENT_BYTES);
        bySubmissions[submissions] = call;
        return call;
    }

    private void forgetUnless(int ring, int completions, int flags, long argument) {
        if (this.ring != ring
                || this.completions != completions
                || this.flags != flags
                || this.argument != argument) {
            Arrays.fill(bySubmissions, null);
            this.ring = ring;
            this.completions = completions;
            this.flags = flags;
            this.argument = argument;
        }
    }
}
