// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileReadCallback;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.spi.Code;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A read from a file: at most what fits, or until the buffer is full or the file ends. */
final class FileRead extends FileOperation {
    private @Nullable ByteBuffer target;
    private @Nullable FileReadCallback callback;
    private boolean exact;
    private int count;

    FileRead(LoopFile file) {
        super(file);
    }

    void begin(ByteBuffer into, long position, FileReadCallback newCallback, boolean newExact) {
        target = into;
        callback = newCallback;
        exact = newExact;
        count = 0;
        askTransfer(Operation.READ, file.opened(), into, into.position(), into.limit(), position);
        start();
    }

    @Override
    void ended(long result) {
        int bytes = Math.max(0, (int) result);
        count += bytes;
        boolean full = from() + bytes == to();
        if (!file.isOpen()) {
            fail(Code.CANCELLED);
        } else if (result < 0) {
            fail((int) result);
        } else if (bytes == 0 || full || !exact) {
            complete();
        } else {
            askTransfer(Operation.READ, file(), buffer(), from() + bytes, to(), position() + bytes);
            start();
        }
    }

    private void complete() {
        ByteBuffer buffer = moved();
        FileReadCallback current = present(callback);
        int result = count == 0 ? -1 : count;
        finish();
        CallbackGuard guard = file.loop().guard;
        long began = guard.begins();
        try {
            current.onRead(file, buffer, result);
        } catch (Throwable failure) {
            guard.failed(file, failure);
        }
        guard.ended(began);
        file.closeWhenIdle();
    }

    private void fail(int code) {
        ByteBuffer buffer = moved();
        FileReadCallback current = present(callback);
        IoException reason = failure("read", code, 0);
        finish();
        CallbackGuard guard = file.loop().guard;
        long began = guard.begins();
        try {
            current.onFailure(file, buffer, reason);
        } catch (Throwable failure) {
            guard.failed(file, failure);
        }
        guard.ended(began);
        file.closeWhenIdle();
    }

    private ByteBuffer moved() {
        ByteBuffer buffer = present(target);
        return buffer.position(buffer.position() + count);
    }

    /** Before the callback, so that it may start the next read. */
    private void finish() {
        target = null;
        callback = null;
        forget();
        file.operations.ended(this);
    }
}
