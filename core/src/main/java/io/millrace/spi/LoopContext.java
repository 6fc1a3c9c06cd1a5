// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * What a driver may ask of, and must tell, the loop that it belongs to. Loop thread only.
 *
 * <p>The clock is the loop's, so that a simulation can own time.
 */
public interface LoopContext {
    /** Monotonic nanoseconds. */
    long nanoTime();

    /**
     * Called right before a wait that may block, and only then: events found without it count as
     * having waited for the loop.
     */
    void waitBegins();

    /**
     * Called once per poll, after the wait or what took its place, before the first sink: the loop
     * refreshes its cached time, so that callbacks see when they run, and counts.
     *
     * @param events how many the kernel reported
     */
    void waitEnded(int events);

    /** Adds to the loop's count of system calls. */
    void countSystemCalls(int calls);

    /**
     * Enough chunks are back after a receive had ended with {@link Code#NO_CHUNKS}. Core starts the
     * starved receives again, later; this only takes a note.
     */
    void chunksReturned();

    /**
     * A receive is about to end with {@link Code#NO_CHUNKS} not because all chunks are on loan, but
     * because there was no memory for another one. Core starts such receives again after a moment,
     * and again, as nobody tells when memory comes back.
     */
    default void memoryRefused() {}

    /**
     * Something that should not fail did, in the middle of serving one port, such as for lack of
     * memory. The driver goes on, and ends that port's operations with a code; the user is told.
     */
    default void failed(Throwable failure) {
        throw new AssertionError(failure);
    }
}
