// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.IoException;
import java.nio.ByteBuffer;

/**
 * The end of one read from a file; exactly one of the two methods is called, once per read. One
 * object may serve any number of reads, in flight at once or not.
 */
@FunctionalInterface
public interface FileReadCallback {
    /**
     * The bytes are in {@code buffer}, before its position, which has moved by {@code count}.
     *
     * @param count bytes read; -1 if the file ends at or before the position. A read that was to
     *     fill its buffer and meets the end has fewer than asked for
     */
    void onRead(AsyncFile file, ByteBuffer buffer, int count);

    /**
     * The read has failed, or was cancelled because the file was closed. What had been read is
     * before the buffer's position. Unless overridden, the file closes.
     */
    default void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
        file.close();
    }
}
