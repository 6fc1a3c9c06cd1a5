// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.file.FileAttributes;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The question what is known of a file that need not be open. It keeps the loop running. */
final class FileQuery extends LoopFileRequest {
    private final Loop loop;
    private final Path path;
    private final LoopFuture<FileAttributes> future;

    /** What the loop knows it by while it is in flight. */
    private final Awaited inLoop = this::abandon;

    FileQuery(Loop loop, Path path) {
        super(loop);
        this.loop = loop;
        this.path = path;
        future = new LoopFuture<>(loop);
    }

    CompletionStage<FileAttributes> begin() {
        askStatus(path.toAbsolutePath());
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
        loop.ends(inLoop);
        if (result == Code.OK) {
            future.complete(attributes());
        } else {
            future.completeExceptionally(
                    Failures.ofFile((int) result, "attributes", path, 0, cause()));
        }
    }
}
