// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.spi.DriverConfig;
import io.millrace.spi.Settings;
import java.util.Map;

/**
 * What can be set about a loop's ring, by {@code LoopOptions} or, with {@code millrace.} before it,
 * by system property.
 *
 * <ul>
 *   <li>{@code io_uring.submissions}, {@code io_uring.completions}: entries of the two queues,
 *       powers of two.
 *   <li>{@code io_uring.sqpoll-idle-millis}: a kernel thread takes submissions, and sleeps when
 *       there have been none for so long; 0, the default, is no such thread. It costs a processor
 *       to spare system calls, and loses the cheapest way of completing, so measure it.
 *   <li>the loop's chunk count and size: its receive buffers.
 * </ul>
 *
 * @param kernelThreadIdleMillis 0 for no kernel thread
 */
record UringOptions(RingSizes sizes, int chunkCount, int chunkBytes, int kernelThreadIdleMillis) {

    UringOptions(RingSizes sizes, int chunkCount, int chunkBytes) {
        this(sizes, chunkCount, chunkBytes, 0);
    }

    /**
     * @throws IllegalArgumentException if a value is not a number, or not one that a ring can have
     */
    static UringOptions of(DriverConfig config) {
        Map<String, String> properties = config.properties();
        RingSizes sizes =
                new RingSizes(
                        Settings.IO_URING_SUBMISSIONS.number(properties),
                        Settings.IO_URING_COMPLETIONS.number(properties));
        return new UringOptions(
                sizes,
                atMost(
                        BufferRing.MOST_ENTRIES,
                        config.chunkCountOr(ReceiveBuffers.DEFAULT_CHUNK_COUNT),
                        "chunks of an io_uring loop"),
                atMost(
                        ReceiveBuffers.MOST_CHUNK_BYTES,
                        config.chunkBytesOr(ReceiveBuffers.DEFAULT_CHUNK_BYTES),
                        "bytes of a chunk"),
                Settings.IO_URING_SQPOLL_IDLE_MILLIS.number(properties));
    }

    private static int atMost(int most, int value, String what) {
        if (value > most) {
            throw new IllegalArgumentException(what + ": at most " + most + ", not " + value);
        }
        return value;
    }

    /** Entries of a buffer ring that holds all chunks. */
    int bufferEntries() {
        int highest = Integer.highestOneBit(chunkCount);
        return highest == chunkCount ? chunkCount : highest * 2;
    }
}
