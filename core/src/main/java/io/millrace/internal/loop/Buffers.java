// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.nio.ByteBuffer;
import java.util.Objects;

/** What buffers must be like that users give for their bytes. */
public final class Buffers {
    private Buffers() {}

    /** Whatever is read, from a stream or a file, can be put here. */
    public static void ensureFillable(ByteBuffer buffer) {
        if (!Objects.requireNonNull(buffer, "buffer").isDirect()
                || buffer.isReadOnly()
                || !buffer.hasRemaining()) {
            throw new IllegalArgumentException(
                    "a read needs a direct, writable buffer with room: " + buffer);
        }
    }
}
