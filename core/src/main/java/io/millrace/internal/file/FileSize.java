// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.internal.loop.LoopFuture;
import java.util.concurrent.CompletionStage;

/** The question how large an open file is. */
final class FileSize extends FileOperation {
    private final LoopFuture<Long> future;

    FileSize(LoopFile file) {
        super(file);
        future = new LoopFuture<>(file.loop());
    }

    CompletionStage<Long> begin() {
        ask(Operation.SIZE, file.opened());
        start();
        return future;
    }

    @Override
    void ended(long result) {
        file.operations.ended(this);
        if (result >= 0 && file.isOpen()) {
            future.complete(result);
        } else {
            int code = unlessClosing((int) result);
            future.completeExceptionally(failure("size", code, 0));
        }
        file.closeWhenIdle();
    }
}
