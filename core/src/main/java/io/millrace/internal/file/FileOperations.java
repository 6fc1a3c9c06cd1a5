// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one file: those in flight, so that a close finds them; those idle, so that the
 * next one allocates nothing; and those that wait in line for their turn: appends, and what goes on
 * from the file's position.
 *
 * <p>What is in line goes one at a time. Two appends at once would land in any order, and the rest
 * of one that was taken in part would land behind the other; where a read begins is known when the
 * one before it has ended.
 */
final class FileOperations {
    /** As many bytes as the write queue of a stream holds unless it is told otherwise. */
    private static final long MOST_COPIED_BYTES = 16 << 20;

    final SyncLine syncs = new SyncLine();

    private final LoopFile file;
    private final ArrayDeque<FileRead> idleReads = new ArrayDeque<>(1);
    private final ArrayDeque<FileWrite> idleWrites = new ArrayDeque<>(1);
    private final ArrayDeque<FileSync> idleSyncs = new ArrayDeque<>(1);
    private @Nullable FileOperation first;
    private @Nullable FileOperation firstInLine;
    private @Nullable FileOperation lastInLine;
    private int inFlight;
    private long copiedBytes;

    FileOperations(LoopFile file) {
        this.file = file;
    }

    boolean isEmpty() {
        return inFlight == 0;
    }

    int inFlight() {
        return inFlight;
    }

    void ensureRoom(String method) {
        if (inFlight == LoopFile.MAXIMUM_IN_FLIGHT) {
            throw new IllegalStateException(
                    method
                            + ": "
                            + file
                            + " has "
                            + LoopFile.MAXIMUM_IN_FLIGHT
                            + " operations in flight already; wait for some of their callbacks");
        }
    }

    void ensureRoomForCopy(String method, long bytes) {
        if (copiedBytes + bytes > MOST_COPIED_BYTES) {
            throw new IllegalStateException(
                    method
                            + ": "
                            + file
                            + " holds copies of "
                            + copiedBytes
                            + " bytes, is limited to "
                            + MOST_COPIED_BYTES
                            + ", and has no room for "
                            + bytes
                            + "; wait for callbacks, or use a direct buffer, which is not copied");
        }
    }

    FileRead read() {
        FileRead idle = idleReads.pollLast();
        FileRead read = idle == null ? new FileRead(file) : idle;
        begins(read);
        return read;
    }

    /** A write that is to {@link FileWrite#take} its bytes next. */
    FileWrite write() {
        FileWrite idle = idleWrites.pollLast();
        FileWrite write = idle == null ? new FileWrite(file) : idle;
        begins(write);
        return write;
    }

    FileSync sync() {
        FileSync idle = idleSyncs.pollLast();
        FileSync sync = idle == null ? new FileSync(file) : idle;
        begins(sync);
        return sync;
    }

    /** It is in flight from now on. */
    void begins(FileOperation operation) {
        operation.nextInFlight = first;
        if (first != null) {
            first.previousInFlight = operation;
        }
        first = operation;
        inFlight++;
        file.loop().handles.requestBegins();
        file.updateActive();
    }

    /** A write has its bytes. */
    void copied(FileWrite write) {
        copiedBytes += write.copiedBytes();
    }

    /** The bytes of a write need no memory any more. */
    void bytesEnd(FileWrite write) {
        copiedBytes -= write.copiedBytes();
    }

    /** Advances an operation when all before it in line have ended. */
    void enterLine(FileOperation operation) {
        operation.inLine = true;
        if (lastInLine == null) {
            firstInLine = operation;
            lastInLine = operation;
            operation.advance();
        } else {
            lastInLine.nextInLine = operation;
            lastInLine = operation;
        }
    }

    /** The first in line has ended, and the one behind it has its turn. */
    void leaveLine(FileOperation operation) {
        operation.inLine = false;
        firstInLine = operation.nextInLine;
        operation.nextInLine = null;
        if (firstInLine == null) {
            lastInLine = null;
        } else {
            firstInLine.advance();
        }
    }

    boolean isLineEmpty() {
        return firstInLine == null;
    }

    void keep(FileRead read) {
        idleReads.addLast(read);
    }

    void keep(FileWrite write) {
        idleWrites.addLast(write);
    }

    void keep(FileSync sync) {
        idleSyncs.addLast(sync);
    }

    void ended(FileOperation operation) {
        if (operation.previousInFlight == null) {
            first = operation.nextInFlight;
        } else {
            operation.previousInFlight.nextInFlight = operation.nextInFlight;
        }
        if (operation.nextInFlight != null) {
            operation.nextInFlight.previousInFlight = operation.previousInFlight;
        }
        operation.previousInFlight = null;
        operation.nextInFlight = null;
        inFlight--;
        file.loop().handles.requestEnds();
        file.updateActive();
    }

    /** The engine is gone: ends everything that it had; what waits behind it follows. */
    void abandon() {
        for (FileOperation next = withEngine(); next != null; next = withEngine()) {
            next.abandon();
        }
    }

    private @Nullable FileOperation withEngine() {
        FileOperation each = first;
        while (each != null && !each.isWithEngine()) {
            each = each.nextInFlight;
        }
        return each;
    }

    /** Hastens the end of everything that the engine has; what waits behind it follows. */
    void cancel() {
        for (FileOperation each = first; each != null; each = each.nextInFlight) {
            each.cancel();
        }
    }
}
