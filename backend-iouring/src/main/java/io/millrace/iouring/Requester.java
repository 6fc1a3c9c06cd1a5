// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/**
 * What requests are made for: it has a slot of the {@link PortTable}, by which their completions
 * find it, and waits in the {@link PortQueue} while it has something to submit. Loop thread only.
 */
abstract class Requester {
    /** The next in the {@link PortQueue}, which alone uses it. */
    @Nullable Requester nextQueued;

    boolean isQueued;

    /** Submits what is wanted. False if there was no room for all of it. */
    abstract boolean submitWanted() throws IoException;

    abstract void complete(int kind, int result, int flags);

    /** The kernel has closed the descriptor, which nobody is told of any more. */
    void closeIsHeardOf() {}

    /**
     * The ring is closed although this is not done: closes what the kernel was to close.
     *
     * @param unsubmitted whether there were requests that the kernel had not taken
     */
    abstract void abandon(boolean unsubmitted);
}
