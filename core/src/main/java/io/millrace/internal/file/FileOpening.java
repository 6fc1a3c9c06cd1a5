// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.OpenedFile;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How a file comes to be open: asks what is there, and opens it if it is a regular file or nothing.
 *
 * <p>Asked first because opening a FIFO would wait for its other end, and because systems disagree
 * whether a directory can be opened. What appears in between is opened as the system sees fit.
 */
final class FileOpening extends LoopFileRequest {
    private final LoopFile file;
    private final LoopFuture<AsyncFile> future;
    private boolean inFlight;
    private @Nullable OpenedFile opened;

    FileOpening(LoopFile file) {
        super(file.loop());
        this.file = file;
        future = new LoopFuture<>(file.loop());
    }

    CompletionStage<AsyncFile> begin(Path absolute) {
        inFlight = true;
        file.updateActive();
        file.loop().handles.requestBegins();
        askStatus(absolute);
        start();
        return future;
    }

    boolean isInFlight() {
        return inFlight;
    }

    /** The open file, or null before there is one, or if it could not be opened. */
    @Nullable OpenedFile result() {
        return opened;
    }

    @Override
    LoopHandle owner() {
        return file;
    }

    @Override
    void ended(long result) {
        int code = (int) result;
        if (operation() == Operation.OPEN) {
            if (code == Code.OK) {
                opened = file();
            }
            end(code);
        } else if (!file.isOpen()) {
            end(Code.CANCELLED);
        } else if (code == Code.NO_SUCH_FILE) {
            open();
        } else if (code != Code.OK) {
            end(code);
        } else {
            IoException refusal = PathAttributes.refusal(file.path(), attributes());
            if (refusal == null) {
                open();
            } else {
                fail(refusal);
            }
        }
    }

    private void open() {
        askOpen(path(), file.options());
        start();
    }

    private void end(int code) {
        if (code != Code.OK || !file.isOpen()) {
            int reason = file.isOpen() ? code : Code.CANCELLED;
            fail(Failures.ofFile(reason, "open", file.path(), 0, cause()));
            return;
        }
        settled();
        future.complete(file);
        file.closeWhenIdle();
    }

    /** Nobody has a file that could not be opened, so nobody else would close it. */
    private void fail(IoException reason) {
        settled();
        future.completeExceptionally(reason);
        file.close();
        file.closeWhenIdle();
    }

    private void settled() {
        inFlight = false;
        file.loop().handles.requestEnds();
        file.updateActive();
    }
}
