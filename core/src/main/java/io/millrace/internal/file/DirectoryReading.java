// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.DirectoryHandler;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.OpenFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The names of one directory, from its opening to its closing, whatever comes in between: nobody
 * else has it, so nobody can forget to close it. Loop thread only.
 */
final class DirectoryReading extends LoopFileRequest {
    /** Enough for a turn; the system gives as many as fit into its buffer. */
    private static final int BATCH = 1024;

    private final Loop loop;
    private final Path path;
    private final DirectoryHandler handler;
    private final LoopFuture<Long> future;
    private final Awaited inLoop = this::abandon;
    private final LeftFile left = new LeftFile();

    private @Nullable OpenFile directory;
    private @Nullable Throwable failure;
    private long count;

    DirectoryReading(Loop loop, Path path, DirectoryHandler handler) {
        super(loop);
        this.loop = loop;
        this.path = path;
        this.handler = handler;
        future = new LoopFuture<>(loop);
    }

    CompletionStage<Long> begin() {
        askOfPath(Operation.OPEN_DIRECTORY, path.toAbsolutePath(), 0);
        loop.begins(inLoop);
        start();
        return future;
    }

    @Override
    @Nullable LoopHandle owner() {
        return null;
    }

    @Override
    void ended(long result) {
        int code = (int) result;
        switch (operation()) {
            case OPEN_DIRECTORY -> {
                if (code == Code.OK) {
                    directory = file();
                    readOrClose(true);
                } else {
                    failure = failure("open directory", code);
                    tell();
                }
            }
            case READ_DIRECTORY -> {
                if (code == Code.OK) {
                    readOrClose(takes(answeredEntries()));
                } else {
                    failure = failure("read directory", code);
                    readOrClose(false);
                }
            }
            default -> tell();
        }
    }

    private IoException failure(String name, int code) {
        return Failures.ofFile(code, name, path, 0, cause());
    }

    /** Whether the handler wants more, and there may be more. */
    private boolean takes(List<DirectoryEntry> batch) {
        if (batch.isEmpty()) {
            return false;
        }
        count += batch.size();
        try {
            return handler.onEntries(batch);
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
            return false;
        }
    }

    private void readOrClose(boolean reads) {
        OpenFile opened = directory;
        if (opened == null) {
            throw new AssertionError("not open");
        }
        if (loop.isClosed()) {
            // Nobody carries out a request any more.
            leave(opened, left);
            tell();
        } else if (reads) {
            askStretch(Operation.READ_DIRECTORY, opened, 0, BATCH, 0);
            start();
        } else {
            ask(Operation.CLOSE_DIRECTORY, opened);
            start();
        }
    }

    private void tell() {
        loop.ends(inLoop);
        if (failure == null) {
            future.complete(count);
        } else {
            future.completeExceptionally(failure);
        }
    }
}
