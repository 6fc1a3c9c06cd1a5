// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * Carries out operations on files, any number at once and in any order.
 *
 * <p>Loop thread only. What an operation means to a user, such as that a write is whole, that
 * appends keep their order or that a close waits, is core's business: an engine makes one attempt,
 * as the system call of the same name would, and reports it. Sizes, positions and buffers are
 * checked already.
 *
 * <p>An engine promises that every request that was started ends exactly once, by {@link
 * FileRequest#onEnded}, never from inside {@link #start} or {@link #cancel}. The engine of a driver
 * calls it from {@link Driver#poll} and nowhere else, allocates nothing for a read, a write or a
 * sync, and closes what it opened when asked to, and not before.
 */
public interface FileEngine {
    /**
     * Whether this engine carries that out. What it does not is done by the driver's {@link
     * FileCalls} on a thread. Always the same answer for the same question; opening, closing,
     * reading, writing, syncing and the size of open files are every engine's own.
     */
    default boolean carriesOut(FileRequest request) {
        return switch (request.operation()) {
            case STATUS, OPEN, READ, WRITE, SYNC, SYNC_DATA, SIZE, CLOSE -> true;
            default -> false;
        };
    }

    /**
     * Begins what the request asks for, which is something that the engine carries out. The request
     * and its memory are the engine's until then. If it throws, which only lack of memory or of
     * threads is a reason for, it has not taken the request, and never ends it: core does.
     */
    void start(FileRequest request);

    /**
     * Hastens the end of a request in flight, if the system can. It ends with {@link
     * Code#CANCELLED} if nothing was done, or else with its own result.
     */
    void cancel(FileRequest request);
}
