// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** The question what is known of a file that need not be open. It keeps the loop running. */
final class FileQuery extends FileRequest implements Awaited {
    private final EventLoop loop;
    private final Path path;
    private final LoopFuture<FileAttributes> future;

    FileQuery(EventLoop loop, Path path) {
        this.loop = loop;
        this.path = path;
        future = new LoopFuture<>(loop);
    }

    CompletionStage<FileAttributes> begin() {
        loop.begins(this);
        askStatus(path.toAbsolutePath());
        loop.files.start(this);
        return future;
    }

    @Override
    public void abandon() {
        inEngine = null;
        onEnded(Code.CANCELLED);
    }

    @Override
    public void onEnded(long result) {
        loop.ends(this);
        if (result == Code.OK) {
            future.complete(attributes());
        } else {
            future.completeExceptionally(
                    IoException.ofFile((int) result, "attributes", path, 0, cause()));
        }
    }
}
