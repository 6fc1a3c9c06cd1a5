// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/**
 * What a loop has done so far; counts only grow.
 *
 * @param turns passes of the loop
 * @param events what the kernel reported
 * @param eventsAlreadyWaiting those of them that a turn found without having to wait: a high share
 *     means a busy loop
 * @param idleNanos time spent waiting, including a wait in progress
 * @param longestCallbackNanos the longest single callback; 0 unless {@link
 *     LoopOptions.Builder#timeCallbacks} is on
 * @param bytesReceived bytes delivered to streams
 * @param bytesSent bytes that the kernel took from streams
 * @param systemCalls system calls made by the backend, as far as it knows them
 */
public record LoopMetrics(
        long turns,
        long events,
        long eventsAlreadyWaiting,
        long idleNanos,
        long longestCallbackNanos,
        long bytesReceived,
        long bytesSent,
        long systemCalls) {}
