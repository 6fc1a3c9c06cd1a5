// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.file.FileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has found out for a {@link FileRequest}, until that is told on the loop's thread:
 * the request itself may be over by then. One thread at a time.
 */
public final class FileAnswer {
    /** For {@code STATUS} and its like. */
    public @Nullable FileAttributes attributes;

    /** For {@code OPEN} and {@code OPEN_DIRECTORY}. */
    public @Nullable OpenFile opened;

    /** For those operations whose answer is an object of another kind. */
    public @Nullable Object value;

    /** With nothing found out. */
    public FileAnswer() {}
}
