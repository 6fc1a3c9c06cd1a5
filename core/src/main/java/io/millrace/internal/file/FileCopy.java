// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileAttributes;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A copy into another file, piece by piece, so that a close need not wait for all of it. Either
 * file waits for its end before it closes.
 *
 * <p>Two open files may be one, and no piece may overlap while the whole does: then what was copied
 * would be copied again. So where that could be, both are compared first. Files that cannot be
 * asked are taken for two, as they are by the system.
 */
final class FileCopy extends FileOperation.Rare<Long> {
    /** The system copies so much in a fraction of a second, unless the device is slow. */
    static final long PIECE = 16 << 20;

    private final LoopFile target;
    private final FileOperation.Guest guest;
    private final long position;
    private final long targetPosition;
    private final long bytes;
    private long done;

    /** Whether both files are still to be compared. */
    private boolean compares;

    /** What the source is, once that is known. */
    private @Nullable FileAttributes source;

    private boolean isWithinOneFile;

    FileCopy(LoopFile file, LoopFile target, long position, long targetPosition, long bytes) {
        super(file, "copyTo");
        this.target = target;
        this.position = position;
        this.targetPosition = targetPosition;
        this.bytes = bytes;
        compares = file != target && Math.abs(position - targetPosition) < bytes;
        guest = new FileOperation.Guest(target);
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
