// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.spi.IntrusiveQueue;

/**
 * What requests are made for: it has a slot of the {@link PortTable}, by which their completions
 * find it, and waits in the driver's queue while it has something to submit. Loop thread only.
 */
abstract class Requester extends IntrusiveQueue.Link<Requester> {
    /** In place of a descriptor. */
    static final int NONE = -1;

    /** Submits what is wanted. False if there was no room for all of it. */
    abstract boolean submitWanted() throws IoException;

    abstract void complete(int kind, int result, int flags);

    /**
     * A completion that was found as the ring is being let go of, and that nobody is told of any
     * more: notes what was closed, closes what was opened.
     */
    abstract void completedTooLate(int kind, int result, int flags);

    /** Whether a completion that is still to come may bring a descriptor, within a short time. */
    boolean isOpening() {
        return false;
    }

    /**
     * The descriptor that the kernel was to close, or {@link #NONE}: asked before a ring is closed
     * although this is not done.
     */
    abstract int leftOpen();
}
