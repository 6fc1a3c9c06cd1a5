// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileAttributes;
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
import io.millrace.spi.FileVector;
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

    /** A read from a file: at most what fits, or until the buffers are full or the file ends. */
    static final class Read extends FileOperation {
        private @Nullable ByteBuffer target;

        /** Where the bytes go if there are several buffers. */
        private @Nullable FileVector several;

        /** For its next use. */
        private @Nullable FileVector idleVector;

        private @Nullable FileReadCallback callback;
        private @Nullable IoException failure;
        private boolean exact;
        private int first;
        private int end;
        private long begin;
        private int count;

        Read(LoopFile file) {
            super(file);
        }

        void take(ByteBuffer into, FileReadCallback newCallback, boolean newExact) {
            target = into;
            callback = newCallback;
            exact = newExact;
            first = into.position();
            end = into.limit();
            count = 0;
        }

        void take(ByteBuffer[] into, FileReadCallback newCallback, boolean newExact) {
            take(into[into.length - 1], newCallback, newExact);
            several = vectorOf(idleVector, into);
        }

        void begin(long position) {
            begin = position;
            ask();
        }

        /** It reads from where the one before it has ended. */
        @Override
        void advance() {
            if (file.isOpen()) {
                begin(file.position);
            } else {
                endLater(Code.CANCELLED);
            }
        }

        private void ask() {
            FileVector vector = several;
            if (vector == null) {
                askTransfer(
                        Operation.READ,
                        file.opened(),
                        present(target),
                        first + count,
                        end,
                        begin + count);
            } else {
                askVector(Operation.READ_VECTOR, file.opened(), vector, begin + count);
            }
            start();
        }

        @Override
        void ended(long result) {
            int bytes = Math.max(0, (int) result);
            count += bytes;
            if (several != null) {
                several.advance(bytes);
            }
            if (result < 0 || !file.isOpen()) {
                failure = failure("read", unlessClosing((int) result), 0);
                end();
            } else if (bytes == 0 || isFull() || !exact) {
                end();
            } else {
                ask();
            }
        }

        private boolean isFull() {
            return several == null ? first + count == end : several.isEmpty();
        }

        private void end() {
            if (inLine) {
                file.position += count;
                leaveLine();
            }
            finish();
        }

        @Override
        void tell() {
            ByteBuffer buffer = present(target);
            if (several == null) {
                buffer.position(buffer.position() + count);
            } else {
                several.moveBuffers();
            }
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
            if (several != null) {
                several.clear();
                idleVector = several;
                several = null;
            }
            file.operations.keep(this);
        }
    }

    /** What is left in buffers, in a vector that was made before, if there is one. */
    private static FileVector vectorOf(@Nullable FileVector idle, ByteBuffer[] buffers) {
        FileVector vector = idle == null ? new FileVector() : idle;
        for (ByteBuffer buffer : buffers) {
            vector.add(buffer);
        }
        return vector;
    }

    /** A write to a file, whole or failed: what a system took only in part goes on from there. */
    static final class Write extends FileOperation implements ReserveWaiter {
        private @Nullable ReserveWaiter nextForReserve;

        private @Nullable ByteBuffer source;
        private @Nullable FileWriteCallback callback;
        private @Nullable IoException failure;

        /** Where the bytes are if the source was not direct. */
        private @Nullable PoolChunk copy;

        /** Where they are if there are several sources, all direct. */
        private @Nullable FileVector several;

        /** For its next use. */
        private @Nullable FileVector idleVector;

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

        /** Takes what is left in all of the buffers, which are direct, so many bytes. */
        void take(ByteBuffer[] from, int bytes, long position, FileWriteCallback newCallback) {
            source = from[from.length - 1];
            several = vectorOf(idleVector, from);
            copy = null;
            callback = newCallback;
            begin = position;
            count = 0;
            first = 0;
            end = bytes;
            for (ByteBuffer each : from) {
                each.position(each.limit());
            }
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
            if (inLine && !file.isAppending() && count == 0) {
                begin = file.position;
            }
            if (!file.isOpen()) {
                endLater(Code.CANCELLED);
            } else if (count == end - first) {
                endLater(Code.OK);
            } else if (several != null) {
                askVector(Operation.WRITE_VECTOR, file.opened(), several, begin + count);
                start();
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
            int bytes = Math.max(0, (int) result);
            count += bytes;
            if (several != null) {
                several.advance(bytes);
            }
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
            if (inLine) {
                file.position += count;
                leaveLine();
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
            if (several != null) {
                several.clear();
                idleVector = several;
                several = null;
            }
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

    /**
     * A copy into another file, piece by piece, so that a close need not wait for all of it. Either
     * file waits for its end before it closes.
     *
     * <p>Two open files may be one, and no piece may overlap while the whole does: then what was
     * copied would be copied again. So where that could be, both are compared first. Files that
     * cannot be asked are taken for two, as they are by the system.
     */
    static final class Copy extends Rare<Long> {
        /** The system copies so much in a fraction of a second, unless the device is slow. */
        static final long PIECE = 16 << 20;

        private final LoopFile target;
        private final Guest guest;
        private final long position;
        private final long targetPosition;
        private final long bytes;
        private long done;

        /** Whether both files are still to be compared. */
        private boolean compares;

        /** What the source is, once that is known. */
        private @Nullable FileAttributes source;

        private boolean isWithinOneFile;

        Copy(LoopFile file, LoopFile target, long position, long targetPosition, long bytes) {
            super(file, "copyTo");
            this.target = target;
            this.position = position;
            this.targetPosition = targetPosition;
            this.bytes = bytes;
            compares = file != target && Math.abs(position - targetPosition) < bytes;
            guest = new Guest(target);
        }

        CompletionStage<Long> beginOnBoth() {
            CompletionStage<Long> stage = begin();
            target.operations.begins(guest);
            return stage;
        }

        @Override
        void ask() {
            if (compares) {
                LoopFile next = source == null ? file : target;
                ask(Operation.STATUS_OF_FILE, next.opened());
                return;
            }
            askCopy(
                    file.opened(),
                    position + done,
                    target.opened(),
                    targetPosition + done,
                    Math.min(PIECE, bytes - done));
        }

        @Override
        void ended(long result) {
            if (compares) {
                compared(result);
            } else {
                copied(result);
            }
        }

        private void compared(long result) {
            FileAttributes first = source;
            FileAttributes found = result == Code.OK ? attributes() : null;
            source = found;
            isWithinOneFile = first != null && found != null && first.isSameFile(found);
            compares = first == null && found != null;
            if (result == Code.CANCELLED || !file.isOpen() || !target.isOpen()) {
                end(Code.CANCELLED);
            } else if (isWithinOneFile) {
                end(Code.INVALID_ARGUMENT);
            } else {
                ask();
                start();
            }
        }

        private void copied(long result) {
            done += Math.max(0, result);
            if (result > 0 && done < bytes && file.isOpen() && target.isOpen()) {
                ask();
                start();
                return;
            }
            boolean cancelled = !target.isOpen() && result >= 0;
            end(cancelled ? Code.CANCELLED : result);
        }

        private void end(long result) {
            guest.leave();
            super.ended(result);
        }

        @Override
        Long answer(long result) {
            return done;
        }

        @Override
        IoException failureOf(int code) {
            return isWithinOneFile && code == Code.INVALID_ARGUMENT
                    ? Failures.ofFile(code, "copyTo", file.path(), overlap())
                    : failure("copyTo", code, done);
        }

        private String overlap() {
            return bytes
                    + " bytes at "
                    + position
                    + " would overlap their copy: "
                    + target.path()
                    + " is the same file";
        }
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
