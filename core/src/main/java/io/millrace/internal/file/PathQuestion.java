// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Something that is asked once, of a path and not of an open file. It keeps the loop running. Loop
 * thread only.
 *
 * @param <T> what it is answered with
 */
abstract class PathQuestion<T> extends LoopFileRequest {
    private final Loop loop;
    private final String name;
    private final Path path;
    private final LoopFuture<T> future;

    /** What the loop knows it by while it is in flight. */
    private final Awaited inLoop = this::abandon;

    /**
     * @param name of the operation, for the message of its failure
     * @param path as the user gave it, likewise
     */
    PathQuestion(Loop loop, String name, Path path) {
        super(loop);
        this.loop = loop;
        this.name = name;
        this.path = path;
        future = new LoopFuture<>(loop);
    }

    /** Says what is asked for. */
    abstract void ask();

    /** What success is told as. */
    abstract T answer();

    final CompletionStage<T> begin() {
        ask();
        loop.begins(inLoop);
        start();
        return future;
    }

    @Override
    final @Nullable LoopHandle owner() {
        return null;
    }

    @Override
    final void ended(long result) {
        loop.ends(inLoop);
        if (result == Code.OK) {
            future.complete(answer());
        } else {
            future.completeExceptionally(failure((int) result));
        }
    }

    private IoException failure(int code) {
        return Failures.ofFile(code, name, path, 0, cause());
    }
}
