// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * A file opened by a driver for {@link StreamPort#sendFile}; confined to its loop. Engines open
 * files their own way, because a {@code FileChannel} does not tell its descriptor.
 */
public interface SendableFile extends AutoCloseable {
    /** Bytes in the file when it was opened. */
    long size();

    @Override
    void close();
}
