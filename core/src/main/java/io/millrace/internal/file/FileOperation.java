// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
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

    /** The one behind it in the file's line, if it waits there. */
    @Nullable FileOperation nextInLine;

    boolean inLine;

    FileOperation(LoopFile file) {
        super(file.loop());
        this.file = file;
    }

    @Override
    final LoopHandle owner() {
        return file;
    }

    /** Its turn in line has come. */
    void advance() {
        throw new AssertionError("not in line: " + this);
    }

    /** Lets the next in line go on, if it is in line itself. */
    final void leaveLine() {
        if (inLine) {
            file.operations.leaveLine(this);
        }
    }

    /** Calls the user's callback. */
    abstract void tell();

    /** Lets go of what the user gave, and waits for its next use. */
    abstract void becomeIdle();

    /**
     * The operation is over. It is not in flight any more when the callback runs, which may start
     * the next, and is kept for another use once that has returned. After the loop was let go of it
     * holds on to its buffers and files instead: the kernel or a thread may be in the middle of
     * them, whose reference to the request keeps them from being collected.
     */
    final void finish() {
        file.operations.ended(this);
        CallbackGuard guard = file.loop().guard;
        long began = guard.begins();
        try {
            tell();
        } catch (Throwable thrown) {
            guard.failed(file, thrown);
        }
        guard.ended(began);
        if (!file.isAbandoned()) {
            forget();
            keepForNextUse(guard);
        }
        file.closeWhenIdle();
    }

    private void keepForNextUse(CallbackGuard guard) {
        try {
            becomeIdle();
        } catch (OutOfMemoryError scarce) {
            // There is no room to keep it: the next one is made anew, and the file goes on.
            guard.failed(scarce);
        }
    }

    /** A failure, for the callback. */
    final IoException failure(String name, int code, long bytesTransferred) {
        return Failures.ofFile(code, name, file.path(), bytesTransferred, cause());
    }

    /** What was stored for an operation in flight. */
    static <T> T present(@Nullable T callback) {
        return Objects.requireNonNull(callback, "callback");
    }

    /** What a result means once the file is closing: only what is done is told. */
    final int unlessClosing(int code) {
        return file.isOpen() ? code : Code.CANCELLED;
    }

    /**
     * Something rare, whose end is a stage's: each is made anew, with its future.
     *
     * @param <T> what it is answered with
     */
    abstract static class Rare<T> extends FileOperation {
        private final String name;
        private final LoopFuture<T> future;
        private long outcome;

        Rare(LoopFile file, String name) {
            super(file);
            this.name = name;
            future = new LoopFuture<>(file.loop());
        }

        /** Says what is asked for. */
        abstract void ask();

        /** What a result of at least 0 is told as. */
        abstract T answer(long result);

        final CompletionStage<T> begin() {
            ask();
            file.operations.begins(this);
            start();
            return future;
        }

        @Override
        void ended(long result) {
            outcome = result;
            finish();
        }

        @Override
        final void tell() {
            if (outcome >= 0 && file.isOpen()) {
                future.complete(answer(outcome));
            } else {
                future.completeExceptionally(failureOf(unlessClosing((int) outcome)));
            }
        }

        IoException failureOf(int code) {
            return failure(name, code, 0);
        }

        @Override
        final void becomeIdle() {}
    }

    /** Stands in a file's operations for one that belongs to another file. */
    static final class Guest extends FileOperation {
        Guest(LoopFile file) {
            super(file);
        }

        void leave() {
            file.operations.ended(this);
            file.closeWhenIdle();
        }

        @Override
        void ended(long result) {
            throw new AssertionError("it was never started");
        }

        @Override
        void tell() {}

        @Override
        void becomeIdle() {}
    }
}
