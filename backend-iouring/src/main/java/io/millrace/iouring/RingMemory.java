// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionLayout;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.SubmissionLayout;
import io.millrace.posix.NativeMemory;

/**
 * The two mappings of a ring: the queues' words with the completions, and the submissions.
 *
 * <p>Invariant: nobody touches {@link #rings} or {@link #entries} after {@link #close}; doing so
 * would end the process, not throw.
 */
final class RingMemory implements AutoCloseable {
    private final RingCalls calls;
    private final NativeMemory rings;
    private final NativeMemory entries;

    private RingMemory(RingCalls calls, NativeMemory rings, NativeMemory entries) {
        this.calls = calls;
        this.rings = rings;
        this.entries = entries;
    }

    /** {@code parameters} as io_uring_setup(2) filled them in. */
    static RingMemory map(RingCalls calls, int ring, NativeMemory parameters) throws IoException {
        NativeMemory rings =
                map(calls, ring, ParametersLayout.RINGS_MAP_OFFSET, ringBytes(parameters));
        try {
            int submissions = parameters.getInt(ParametersLayout.SUBMISSION_ENTRIES);
            int bytes = submissions * SubmissionLayout.BYTES;
            NativeMemory entries = map(calls, ring, ParametersLayout.SUBMISSIONS_MAP_OFFSET, bytes);
            return new RingMemory(calls, rings, entries);
        } catch (Throwable e) {
            calls.unmap(rings.address(), rings.size());
            throw e;
        }
    }

    private static NativeMemory map(RingCalls calls, int ring, long offset, int bytes)
            throws IoException {
        long address = calls.mapRing(ring, offset, bytes);
        if (address < 0) {
            throw IoException.of((int) address, "mmap of io_uring", null);
        }
        return NativeMemory.at(address, bytes);
    }

    /** The completions come last, or the array of indices does, where there is one. */
    private static int ringBytes(NativeMemory parameters) {
        int completions = parameters.getInt(ParametersLayout.COMPLETION_ENTRIES);
        int submissions = parameters.getInt(ParametersLayout.SUBMISSION_ENTRIES);
        return Math.max(
                parameters.getInt(ParametersLayout.COMPLETION_QUEUE)
                        + completions * CompletionLayout.BYTES,
                parameters.getInt(ParametersLayout.SUBMISSION_ARRAY) + submissions * Integer.BYTES);
    }

    NativeMemory rings() {
        return rings;
    }

    NativeMemory entries() {
        return entries;
    }

    @Override
    public void close() {
        calls.unmap(rings.address(), rings.size());
        calls.unmap(entries.address(), entries.size());
    }
}
