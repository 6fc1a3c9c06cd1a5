// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/**
 * What a loop has done up to the moment it was asked; counts only grow. Immutable, any thread.
 *
 * <p>Made by Millrace alone, and later versions may count more: do not implement it.
 */
public interface LoopMetrics {
    /** Passes of the loop. */
    long turns();

    /** What the kernel reported. */
    long events();

    /**
     * Those of the {@link #events} that a turn found without having to wait: a high share means a
     * busy loop.
     */
    long eventsAlreadyWaiting();

    /** Time spent waiting, including a wait in progress. */
    long idleNanos();

    /** The longest single callback; 0 unless {@link LoopOptions.Builder#timeCallbacks} is on. */
    long longestCallbackNanos();

    /**
     * How often a turn has taken longer than the setting {@code stall-millis} allows; 0 unless that
     * is set.
     */
    long stalls();

    /** Bytes delivered to streams. */
    long bytesReceived();

    /** Bytes that the kernel took from streams. */
    long bytesSent();

    /** System calls made by the backend, as far as it knows them. */
    long systemCalls();
}
