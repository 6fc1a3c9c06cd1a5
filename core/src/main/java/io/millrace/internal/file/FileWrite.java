// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.ReserveWaiter;
import io.millrace.internal.loop.StagingPool;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A write to a file, whole or failed: what a system took only in part goes on from there. */
public final class FileWrite extends FileOperation implements ReserveWaiter {
    /** The next in the file's queue of appends, which alone uses it. */
    @Nullable FileWrite nextAppend;

    private @Nullable ReserveWaiter nextForReserve;

    private @Nullable ByteBuffer source;
    private @Nullable FileWriteCallback callback;

    /** Where the bytes are if the source was not direct. */
    private @Nullable PoolChunk copy;

    private int first;
    private int end;
    private long begin;
    private int count;

    /** Whether the operation in flight goes through the loop's reserve. */
    private boolean hasReserve;

    FileWrite(LoopFile file) {
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
     * Its turn has come. An empty write ends here, and so does one that a close was faster than.
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
            askTransfer(Operation.WRITE, file.opened(), bytes, first + count, end, begin + count);
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
        ByteBuffer buffer = present(source);
        FileWriteCallback current = present(callback);
        IoException failure =
                code == Code.OK
                        ? null
                        : failure(file.isAppending() ? "append" : "write", code, count);
        finish();
        CallbackGuard guard = file.loop().guard;
        long began = guard.begins();
        try {
            current.onWritten(file, buffer, failure);
        } catch (Throwable thrown) {
            guard.failed(file, thrown);
        }
        guard.ended(began);
        file.closeWhenIdle();
    }

    /** Before the callback, so that it may start the next write. */
    private void finish() {
        file.operations.ended(this);
        if (copy != null) {
            copy.release();
        }
        copy = null;
        source = null;
        callback = null;
        forget();
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
