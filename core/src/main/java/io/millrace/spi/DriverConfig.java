// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.Map;

/**
 * What a loop asks of the driver it opens.
 *
 * @param chunkCount receive buffers per loop, 0 for the engine's default
 * @param chunkBytes size of each, 0 for the engine's default
 * @param properties engine-specific settings by name, without the {@code millrace.} prefix, such as
 *     {@code io_uring.submissions}; system properties are already merged in, and a loop has made
 *     sure that each is a {@link Setting} with a value that it takes
 */
public record DriverConfig(int chunkCount, int chunkBytes, Map<String, String> properties) {
    public static final DriverConfig DEFAULT = new DriverConfig(0, 0, Map.of());

    public DriverConfig {
        if (chunkCount < 0 || chunkBytes < 0) {
            throw new IllegalArgumentException(
                    "chunk count and size must not be negative: " + chunkCount + ", " + chunkBytes);
        }
        properties = Map.copyOf(properties);
    }

    /** {@link #chunkCount}, or the engine's own choice. */
    public int chunkCountOr(int engineDefault) {
        return chunkCount == 0 ? engineDefault : chunkCount;
    }

    /** {@link #chunkBytes}, or the engine's own choice. */
    public int chunkBytesOr(int engineDefault) {
        return chunkBytes == 0 ? engineDefault : chunkBytes;
    }
}
