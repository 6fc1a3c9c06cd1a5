// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.PoolChunk;

/**
 * Receives of several streams, made one after the other with nothing in between.
 *
 * <p>To make them is a matter of the family of calls, since one for which the way to the kernel
 * costs something can go it once for all of them. Each is what {@link RawStream#receive(PoolChunk)}
 * does, and answers what that does. Loop thread only.
 */
public interface ReceiveRow {
    /**
     * Adds a receive to the end of the row. Not while there are as many as it was made for; the
     * first one after {@link #run} begins a new row.
     */
    void add(RawStream stream, PoolChunk into);

    /**
     * Makes the receives in their order, until they have brought as many bytes as are enough, and
     * forgets the rest. There must be one.
     *
     * @param enough bytes, at least 1
     * @return how many were made, at least 1
     * @throws RuntimeException or an {@code Error} if nothing is known of any of them; the row is
     *     empty then
     */
    int run(int enough);

    /**
     * What a receive that was made answered, by its place in the row; until the next row begins.
     *
     * @throws RuntimeException or an {@code Error} if that receive has thrown it
     */
    int result(int index);
}
