// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.client;

import io.millrace.file.AsyncFile;
import io.millrace.internal.file.LoopFile;
import io.millrace.internal.file.ReadsAtHand;
import io.millrace.spi.Code;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads of an open file that wait for no device, by any thread, beside the file's loop: of what the
 * system has in its page cache. Where it does not say whether it has, there are none. A file that
 * is closed meanwhile is so when those under way are done; its loop does not wait for them.
 */
public final class CachedReads {
    /** More would put off a close for too long, and is left to the loop. */
    public static final int MOST_BYTES = 64 << 10;

    private final @Nullable ReadsAtHand reads;

    private CachedReads(@Nullable ReadsAtHand reads) {
        this.reads = reads;
    }

    /** Those of an open file, on its loop's thread. */
    public static CachedReads of(AsyncFile file) {
        return new CachedReads(((LoopFile) file).readsAtHand());
    }

    /**
     * Reads once, and moves the buffer's position. Any thread.
     *
     * @param into direct, with room for at most {@link #MOST_BYTES}
     * @return bytes, which may be fewer than there are; 0 at the end of the file; or {@link
     *     Code#WOULD_BLOCK}: then it is to be read by the loop, also if the file is closed
     */
    public int read(ByteBuffer into, long position) {
        return reads == null || into.remaining() > MOST_BYTES
                ? Code.WOULD_BLOCK
                : reads.read(into, position);
    }
}
