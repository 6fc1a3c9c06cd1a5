// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.IntrusiveQueue;
import org.jspecify.annotations.Nullable;

/**
 * Work that must not run on the stack that caused it: a completion, or a flush.
 *
 * <p>Made once with the handle that it belongs to, so deferring allocates nothing. It is in at most
 * one queue, at most once.
 */
public abstract class Deferred extends IntrusiveQueue.Link<Deferred> {
    public abstract void runDeferred();

    /**
     * Whose work it is: what is closed if the work itself should fail. Null if that is nobody's.
     */
    public abstract @Nullable LoopHandle owner();
}
