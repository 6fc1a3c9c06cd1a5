// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operation on an open file, from the user's call to its callback, over as many requests as
 * that takes. Made once and used again by the same file. Loop thread only.
 */
abstract class FileOperation extends FileRequest {
    final AsyncFile file;

    /** Its neighbours among the file's operations in flight. */
    @Nullable FileOperation previousInFlight;

    @Nullable FileOperation nextInFlight;

    private final Ending ending = new Ending();
    private boolean withEngine;
    private int outcome;

    FileOperation(AsyncFile file) {
        this.file = file;
    }

    /** A request has ended: go on with another one, or end. */
    abstract void proceed(long result);

    /** Gives the engine what was asked. */
    final void start() {
        withEngine = true;
        file.loop().files.start(this);
    }

    /** Ends without the engine, but not on the caller's stack. */
    final void endLater(int result) {
        outcome = result;
        file.loop().completions.add(ending);
    }

    final void cancel() {
        if (withEngine) {
            file.loop().files.cancel(this);
        }
    }

    final boolean isWithEngine() {
        return withEngine;
    }

    final void abandon() {
        inEngine = null;
        onEnded(Code.CANCELLED);
    }

    @Override
    public final void onEnded(long result) {
        withEngine = false;
        proceed(result);
    }

    /** A failure, for the callback. */
    final IoException failure(String name, int code, long bytesTransferred) {
        return IoException.ofFile(code, name, file.path(), bytesTransferred, cause());
    }

    /** The callback that was stored for an operation in flight. */
    static <T> T present(@Nullable T callback) {
        return Objects.requireNonNull(callback, "callback");
    }

    /** What a result means once the file is closing: only what is done is told. */
    final int unlessClosing(int code) {
        return file.isOpen() ? code : Code.CANCELLED;
    }

    private final class Ending extends Deferred {
        @Override
        void runDeferred() {
            proceed(outcome);
        }

        @Override
        Handle owner() {
            return file;
        }
    }
}
