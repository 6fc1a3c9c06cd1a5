// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Chunk;
import io.millrace.IoException;

/**
 * Takes what a stream receives, chunk by chunk. One object can serve any number of streams. Called
 * on the loop's thread, never from inside a call of the user's.
 */
@FunctionalInterface
public interface ReadHandler {
    /**
     * Bytes have come, at least one.
     *
     * @param chunk on loan until this returns; {@link Chunk#keep} or {@code stream.write(chunk)}
     *     prolong that
     */
    void onRead(ByteStream stream, Chunk chunk);

    /**
     * The peer has finished sending; it may still receive. Called once. Unless overridden, what is
     * queued for writing is sent and then the stream closes.
     */
    default void onEnd(ByteStream stream) {
        stream.closeWhenWritten();
    }

    /**
     * Receiving has failed, most often with {@code ECONNRESET}. Called at most once, and then
     * nothing else is. Unless overridden, the stream closes.
     */
    default void onFailure(ByteStream stream, IoException failure) {
        stream.close();
    }
}
