// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * What waits for the reserve of files in {@link StagingPool}. It keeps the link to the next itself:
 * who waits does so because memory is lacking.
 */
public interface ReserveWaiter {
    /** It is its turn, and it may ask for the reserve again. */
    void advance();

    @Nullable ReserveWaiter nextForReserve();

    /** For {@link StagingPool} alone. */
    void setNextForReserve(@Nullable ReserveWaiter next);
}
