// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** What io_uring_setup(2) says the kernel can do: the {@code IORING_FEAT_} bits. */
final class FeatureFlag {
    /** Both queues lie in one mapping. Linux 5.4. */
    static final int SINGLE_MAPPING = 1;

    /** Completions that find the queue full are kept. Linux 5.5. */
    static final int NO_DROP = 1 << 1;

    /** What a submission points to may be reused when the submitting call returns. Linux 5.5. */
    static final int SUBMIT_STABLE = 1 << 2;

    /** Waiting for readiness is the kernel's business, without a thread. Linux 5.7. */
    static final int FAST_POLL = 1 << 5;

    /** The waiting call takes a timeout. Linux 5.11. */
    static final int EXTENDED_ARGUMENT = 1 << 8;

    /** Successful requests can stay silent. Linux 5.17. */
    static final int SKIP_SUCCESS = 1 << 11;

    /** One receive may fill several buffers. Linux 6.10. */
    static final int BUNDLES = 1 << 14;

    /** Waiting need not count as waiting for input or output. Linux 6.15. */
    static final int NO_IOWAIT = 1 << 17;

    /** What this backend cannot do without; all of it older than the setup flags it needs. */
    static final int REQUIRED =
            SINGLE_MAPPING | NO_DROP | SUBMIT_STABLE | FAST_POLL | EXTENDED_ARGUMENT | SKIP_SUCCESS;

    private FeatureFlag() {}
}
