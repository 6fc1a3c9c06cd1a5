// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileReadCallback;
import io.millrace.spi.Code;
import io.millrace.spi.FileVector;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A read from a file: at most what fits, or until the buffers are full or the file ends. */
final class FileRead extends FileTransfer {
    private @Nullable ByteBuffer target;

    private @Nullable FileReadCallback callback;
    private @Nullable IoException failure;
    private boolean exact;
    private int first;
    private int end;
    private long begin;
    private int count;

    FileRead(LoopFile file) {
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
        takeSeveral(into);
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
        letGoOfSeveral();
        file.operations.keep(this);
    }
}
