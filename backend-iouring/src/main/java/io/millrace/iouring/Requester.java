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
}
