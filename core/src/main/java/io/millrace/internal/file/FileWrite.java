// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.ReserveWaiter;
import io.millrace.internal.loop.StagingPool;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A write to a file, whole or failed: what a system took only in part goes on from there. */
final class FileWrite extends FileTransfer implements ReserveWaiter {
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

    /** Takes what is left in all of the buffers, which are direct, so many bytes. */
    void take(ByteBuffer[] from, int bytes, long position, FileWriteCallback newCallback) {
        source = from[from.length - 1];
        takeSeveral(from);
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
     * Its turn has come. An empty write ends here, and so does one that a close was faster than.
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
        letGoOfSeveral();
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
