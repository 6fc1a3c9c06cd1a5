// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/** What receives into chunks and found none; it waits in {@link ChunkWaiters}. */
abstract class ChunkWaiter extends Deferred {
    @Nullable ChunkWaiter nextWaiter;

    /** There may be chunks again; whoever finds none after all waits again. */
    abstract void chunksReturned();
}
