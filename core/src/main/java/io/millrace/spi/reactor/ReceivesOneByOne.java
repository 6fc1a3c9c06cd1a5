// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.PoolChunk;
import org.jspecify.annotations.Nullable;

/**
 * A row for calls of which each goes its own way to the kernel. What the last row was made of stays
 * until the next one is; there are no more of them than the row is long.
 */
final class ReceivesOneByOne implements ReceiveRow {
    private final @Nullable RawStream[] streams;
    private final @Nullable PoolChunk[] chunks;
    private final int[] results;
    private int count;

    /** What the last receive of the last row has thrown. */
    private @Nullable Throwable thrown;

    private int thrownAt;

    ReceivesOneByOne(int capacity) {
        streams = new RawStream[capacity];
        chunks = new PoolChunk[capacity];
        results = new int[capacity];
    }

    @Override
    public void add(RawStream stream, PoolChunk into) {
        streams[count] = stream;
        chunks[count++] = into;
    }

    @Override
    public int run(int enough) {
        int end = count;
        int made = 0;
        int left = enough;
        count = 0;
        thrown = null;
        try {
            while (made < end && left > 0) {
                int result = streams[made].receive(chunks[made]);
                results[made++] = result;
                left -= Math.max(result, 0);
            }
            return made;
        } catch (RuntimeException | Error failure) {
            thrown = failure;
            thrownAt = made;
            return made + 1;
        }
    }

    @Override
    public int result(int index) {
        if (thrown != null && index == thrownAt) {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
        return results[index];
    }
}
