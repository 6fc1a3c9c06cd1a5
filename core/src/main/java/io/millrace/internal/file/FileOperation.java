// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.ReserveWaiter;
import io.millrace.internal.loop.StagingPool;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
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

    FileOperation(LoopFile file) {
        super(file.loop());
        this.file = file;
    }

    @Override
    final LoopHandle owner() {
        return file;
    }

    /** Calls the user's callback. */
    abstract void tell();

    /** Lets go of what the user gave, and waits for its next use. */
    abstract void becomeIdle();

    /**
     * The operation is over. It is not in flight any more when the callback runs, which may start
     * the next, and is kept for another use once that has returned.
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
        forget();
        becomeIdle();
        file.closeWhenIdle();
    }

    /** A failure, for the callback. */
    final IoException failure(String name, int code, long bytesTransferred) {
        return Failures.ofFile(code, name, file.path(), bytesTransferred, cause());
    }

    /** What was stored for an operation in flight. */
    private static <T> T present(@Nullable T callback) {
        return Objects.requireNonNull(callback, "callback");
    }

    /** What a result means once the file is closing: only what is done is told. */
    final int unlessClosing(int code) {
        return file.isOpen() ? code : Code.CANCELLED;
    }

    /** A read from a file: at most what fits, or until the buffer is full or the file ends. */
    static final class Read extends FileOperation {
        private @Nullable ByteBuffer target;
        private @Nullable FileReadCallback callback;
        private @Nullable IoException failure;
        private boolean exact;
        private int count;

        Read(LoopFile file) {
            super(file);
        }

        void begin(ByteBuffer into, long position, FileReadCallback newCallback, boolean newExact) {
            target = into;
            callback = newCallback;
            exact = newExact;
            count = 0;
            askTransfer(
                    Operation.READ, file.opened(), into, into.position(), into.limit(), position);
            start();
        }

        @Override
        void ended(long result) {
            int bytes = Math.max(0, (int) result);
            count += bytes;
            boolean full = from() + bytes == to();
            if (result < 0 || !file.isOpen()) {
                failure = failure("read", unlessClosing((int) result), 0);
                finish();
            } else if (bytes == 0 || full || !exact) {
                finish();
            } else {
                askTransfer(
                        Operation.READ, file(), buffer(), from() + bytes, to(), position() + bytes);
                start();
            }
        }

        @Override
        void tell() {
            ByteBuffer buffer = present(target);
            buffer.position(buffer.position() + count);
            FileReadCallback current = present(callback);
            if (failure == null) {
                current.onRead(file, buffer, count == 0 ? -1 : count);
            } else {
                current.onFailure(file, buffer, failure);
            }
        }

        @Override
        void becomeIdle() {
            target = null;
            callback = null;
            failure = null;
            file.operations.keep(this);
        }
    }

    /** A write to a file, whole or failed: what a system took only in part goes on from there. */
    static final class Write extends FileOperation implements ReserveWaiter {
        /** The next in the file's queue of appends, which alone uses it. */
        @Nullable Write nextAppend;

        private @Nullable ReserveWaiter nextForReserve;

        private @Nullable ByteBuffer source;
        private @Nullable FileWriteCallback callback;
        private @Nullable IoException failure;

        /** Where the bytes are if the source was not direct. */
        private @Nullable PoolChunk copy;

        private int first;
        private int end;
        private long begin;
        private int count;

        /** Whether the operation in flight goes through the loop's reserve. */
        private boolean hasReserve;

        Write(LoopFile file) {
            super(file);
        }

        /**
         * Takes the bytes, and moves the buffer's position to its limit.
         *
         * @param copied where the bytes are if the buffer is not direct; then they were moved past
         */
        void take(
                ByteBuffer from,
                @Nullable PoolChunk copied,
                long position,
                FileWriteCallback newCallback) {
            source = from;
            copy = copied;
            callback = newCallback;
            begin = position;
            count = 0;
            first = copied == null ? from.position() : copied.start();
            end = copied == null ? from.limit() : copied.end();
            from.position(from.limit());
        }

        /** How many bytes were copied, and wait. */
        int copiedBytes() {
            return copy == null ? 0 : end - first;
        }

        /**
         * Its turn has come. An empty write ends here, and so does one that a close was faster
         * than.
         */
        @Override
        public void advance() {
            if (!file.isOpen()) {
                endLater(Code.CANCELLED);
            } else if (count == end - first) {
                endLater(Code.OK);
            } else if (copy != null && StagingPool.isOnHeap(copy)) {
                writePiece(copy);
            } else {
                ByteBuffer bytes = copy == null ? present(source) : copy.memory();
                askTransfer(
                        Operation.WRITE, file.opened(), bytes, first + count, end, begin + count);
                start();
            }
        }

        /** There was no direct memory for the copy. */
        private void writePiece(PoolChunk onHeap) {
            ByteBuffer piece = file.loop().staging.lendReserve(this);
            if (piece == null) {
                return;
            }
            hasReserve = true;
            int from = first + count;
            int length = Math.min(end - from, piece.capacity());
            piece.clear().put(0, onHeap.memory(), from, length);
            askTransfer(Operation.WRITE, file.opened(), piece, 0, length, begin + count);
            start();
        }

        @Override
        void ended(long result) {
            if (hasReserve) {
                hasReserve = false;
                file.loop().staging.takeReserveBack();
            }
            count += Math.max(0, (int) result);
            if (result < 0) {
                end(unlessClosing((int) result));
            } else if (count == end - first) {
                end(Code.OK);
            } else if (result == 0) {
                // Taking nothing, again and again, would never end.
                end(Code.IO_ERROR);
            } else {
                advance();
            }
        }

        private void end(int code) {
            if (code != Code.OK) {
                failure = failure(file.isAppending() ? "append" : "write", code, count);
            }
            file.operations.bytesEnd(this);
            if (copy != null) {
                copy.release();
                copy = null;
            }
            finish();
        }

        @Override
        void tell() {
            present(callback).onWritten(file, present(source), failure);
        }

        @Override
        void becomeIdle() {
            source = null;
            callback = null;
            failure = null;
            file.operations.keep(this);
        }

        @Override
        public @Nullable ReserveWaiter nextForReserve() {
            return nextForReserve;
        }

        @Override
        public void setNextForReserve(@Nullable ReserveWaiter next) {
            nextForReserve = next;
        }
    }

    /** A sync of a file: everything, or content only. */
    static final class Sync extends FileOperation {
        private @Nullable FileSyncCallback callback;
        private @Nullable IoException failure;

        Sync(LoopFile file) {
            super(file);
        }

        void begin(Operation which, FileSyncCallback newCallback) {
            callback = newCallback;
            ask(which, file.opened());
            start();
        }

        @Override
        void ended(long result) {
            if (result != Code.OK) {
                failure = failure("sync", unlessClosing((int) result), 0);
            }
            finish();
        }

        @Override
        void tell() {
            present(callback).onSynced(file, failure);
        }

        @Override
        void becomeIdle() {
            callback = null;
            failure = null;
            file.operations.keep(this);
        }
    }

    /** The question how large an open file is. Each is made anew, with its future. */
    static final class Size extends FileOperation {
        private final LoopFuture<Long> future;
        private long outcome;

        Size(LoopFile file) {
            super(file);
            future = new LoopFuture<>(file.loop());
        }

        CompletionStage<Long> begin() {
            ask(Operation.SIZE, file.opened());
            start();
            return future;
        }

        @Override
        void ended(long result) {
            outcome = result;
            finish();
        }

        @Override
        void tell() {
            if (outcome >= 0 && file.isOpen()) {
                future.complete(outcome);
            } else {
                future.completeExceptionally(failure("size", unlessClosing((int) outcome), 0));
            }
        }

        @Override
        void becomeIdle() {}
    }
}
