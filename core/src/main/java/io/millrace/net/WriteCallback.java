// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/**
 * The end of one write: the buffer is the caller's again. Called once per write, in their order.
 */
@FunctionalInterface
public interface WriteCallback {
    /**
     * The write has ended.
     *
     * @param failure null if the kernel has taken every byte; otherwise why not, and how many it
     *     took ({@link IoException#bytesTransferred})
     */
    void onWritten(ByteStream stream, @Nullable IoException failure);
}
