// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import java.io.IOException;

/**
 * Timers that are inserted by one thread, numbered from zero in that order. What they fire is one
 * count.
 */
public interface TimerSet extends AutoCloseable {
    /**
     * Lets none of the timers inserted from now on fire before {@link #fireAll}, however late that
     * is.
     */
    void holdBack() throws IOException;

    void insert(long delayNanos);

    void cancel(int number);

    /** Fires all, which are due, and returns when the last one has fired. */
    void fireAll() throws IOException;

    /** How many have fired. */
    int fired();

    @Override
    void close() throws IOException;
}
