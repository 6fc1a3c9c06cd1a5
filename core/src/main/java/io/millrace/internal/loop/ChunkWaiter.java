// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** What receives into chunks and found none; it waits in {@link ChunkWaiters}. */
public abstract class ChunkWaiter extends Deferred {
    @Nullable ChunkWaiter nextWaiter;

    /** There may be chunks again; whoever finds none after all waits again. */
    public abstract void chunksReturned();
}
