// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * How many entries the two queues of a ring have, both powers of two.
 *
 * <p>The kernel charges both to RLIMIT_MEMLOCK (without CAP_IPC_LOCK) and shares that limit among
 * all processes of a user, so rings are small by default and shrink rather than fail.
 *
 * @param submissions what one entry into the kernel can take; more needs one more entry
 * @param completions what can wait to be read; more ends multishot requests, which are armed anew
 */
record RingSizes(int submissions, int completions) {
    /** Below this, entering the kernel costs more than batching saves over readiness. */
    static final int LEAST_SUBMISSIONS = 16;

    static final int LEAST_COMPLETIONS = 64;

    /** The kernel's own limits. */
    static final int MOST_SUBMISSIONS = 32_768;

    static final int MOST_COMPLETIONS = 65_536;

    /** 8 KiB and 16 KiB. A turn that serves more than 128 connections enters the kernel twice. */
    static final RingSizes DEFAULT = new RingSizes(128, 1024);

    RingSizes {
        requireSize("submissions", submissions, LEAST_SUBMISSIONS, MOST_SUBMISSIONS);
        requireSize("completions", completions, LEAST_COMPLETIONS, MOST_COMPLETIONS);
        if (completions < submissions) {
            throw new IllegalArgumentException(
                    "an io_uring ring needs at least as many completions as submissions, not "
                            + completions
                            + " for "
                            + submissions);
        }
    }

    boolean canShrink() {
        return submissions > LEAST_SUBMISSIONS || completions > LEAST_COMPLETIONS;
    }

    RingSizes halved() {
        return new RingSizes(
                Math.max(submissions / 2, LEAST_SUBMISSIONS),
                Math.max(completions / 2, LEAST_COMPLETIONS));
    }

    private static void requireSize(String what, int size, int least, int most) {
        if (size < least || size > most || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException(
                    "the number of io_uring "
                            + what
                            + " must be a power of two from "
                            + least
                            + " to "
                            + most
                            + ", not "
                            + size);
        }
    }
}
