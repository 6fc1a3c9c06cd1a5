// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;
import java.nio.ByteBuffer;

/** The end of one request-style read; exactly one of the two methods is called, once per read. */
@FunctionalInterface
public interface ReadCallback {
    /**
     * The bytes are in {@code buffer}, before its position, which has moved by {@code count}.
     *
     * @param count bytes read; -1 if the peer had finished sending before the first one. An exact
     *     read that meets the end early has fewer than asked for
     */
    void onRead(ByteStream stream, ByteBuffer buffer, int count);

    /**
     * The read has failed, or was cancelled because the stream was closed. What had been read is
     * before the buffer's position. Unless overridden, the stream closes.
     */
    default void onFailure(ByteStream stream, ByteBuffer buffer, IoException failure) {
        stream.close();
    }
}
