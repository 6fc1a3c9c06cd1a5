// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileType;
import io.millrace.file.WalkHandler;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Everything below a directory: one directory at a time, and those that are still to be read in a
 * list, so that however deep a tree is, neither stack nor descriptors run out. Loop thread only.
 */
final class TreeWalk {
    private final Loop loop;
    private final WalkHandler handler;
    private final LoopFuture<Long> future;
    private final ArrayDeque<Path> unread = new ArrayDeque<>();
    private long count;

    TreeWalk(Loop loop, WalkHandler handler) {
        this.loop = loop;
        this.handler = handler;
        future = new LoopFuture<>(loop);
    }

    CompletionStage<Long> begin(Path root) {
        read(root);
        return future;
    }

    private void read(Path directory) {
        new DirectoryReading(loop, directory, batch -> tell(directory, batch))
                .begin()
                .whenComplete((names, failure) -> next(directory, failure));
    }

    private boolean tell(Path directory, List<DirectoryEntry> batch) {
        for (DirectoryEntry each : batch) {
            Path path = directory.resolve(each.name());
            count++;
            if (handler.onEntry(path, each.type()) && each.type() == FileType.DIRECTORY) {
                unread.addLast(path);
            }
        }
        return true;
    }

    private void next(Path directory, @Nullable Throwable failure) {
        try {
            boolean goesOn =
                    failure == null
                            || (failure instanceof IoException io
                                    && !loop.isClosed()
                                    && handler.onFailure(directory, io));
            if (!goesOn) {
                future.completeExceptionally(failure);
            } else if (unread.isEmpty()) {
                future.complete(count);
            } else {
                read(unread.removeLast());
            }
        } catch (RuntimeException | Error thrown) {
            future.completeExceptionally(thrown);
        }
    }
}
