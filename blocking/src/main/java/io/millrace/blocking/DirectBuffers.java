// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Direct memory for those whose own is on the heap, where the kernel cannot reach it. Kept for the
 * next, up to a number. Any thread.
 */
final class DirectBuffers {
    /** What one request of a heap buffer takes at most. */
    static final int BYTES = 64 << 10;

    private static final int KEPT = 64;

    private final ArrayBlockingQueue<ByteBuffer> idle = new ArrayBlockingQueue<>(KEPT);

    ByteBuffer take() {
        ByteBuffer known = idle.poll();
        return known == null ? ByteBuffer.allocateDirect(BYTES) : known.clear();
    }

    /** One that finds no room is the collector's. */
    void giveBack(ByteBuffer buffer) {
        idle.offer(buffer);
    }
}
