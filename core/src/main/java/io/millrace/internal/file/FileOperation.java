// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operation on an open file, from the user's call to its callback, over as many requests as
 * that takes. Made once and used again by the same file. Loop thread only.
 */
abstract class FileOperation extends LoopFileRequest {
    final LoopFile file;

    /** Its neighbours among the file's operations in flight. */
    @Nullable FileOperation previousInFlight;

    @Nullable FileOperation nextInFlight;

    FileOperation(LoopFile file) {
        super(file.loop());
        this.file = file;
    }

    @Override
    final LoopHandle owner() {
        return file;
    }

    /** A failure, for the callback. */
    final IoException failure(String name, int code, long bytesTransferred) {
        return Failures.ofFile(code, name, file.path(), bytesTransferred, cause());
    }

    /** The callback that was stored for an operation in flight. */
    static <T> T present(@Nullable T callback) {
        return Objects.requireNonNull(callback, "callback");
    }

    /** What a result means once the file is closing: only what is done is told. */
    final int unlessClosing(int code) {
        return file.isOpen() ? code : Code.CANCELLED;
    }
}
