// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.IoException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The end of one write to a file: the buffer is the caller's again. Called once per write. One
 * object may serve any number of writes, in flight at once or not.
 */
@FunctionalInterface
public interface FileWriteCallback {
    /**
     * The write has ended.
     *
     * @param buffer what was given to the write
     * @param failure null if the system has taken every byte; otherwise why not, and how many it
     *     took ({@link IoException#bytesTransferred})
     */
    void onWritten(AsyncFile file, ByteBuffer buffer, @Nullable IoException failure);
}
