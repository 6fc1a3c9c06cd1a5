// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileSyncCallback;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.spi.Code;
import org.jspecify.annotations.Nullable;

/** A sync of a file: everything, or content only. */
final class FileSync extends FileOperation {
    private @Nullable FileSyncCallback callback;

    FileSync(LoopFile file) {
        super(file);
    }

    void begin(Operation which, FileSyncCallback newCallback) {
        callback = newCallback;
        ask(which, file.opened());
        start();
    }

    @Override
    void ended(long result) {
        FileSyncCallback current = present(callback);
        IoException failure =
                result == Code.OK ? null : failure("sync", unlessClosing((int) result), 0);
        callback = null;
        forget();
        file.operations.ended(this);
        CallbackGuard guard = file.loop().guard;
        long began = guard.begins();
        try {
            current.onSynced(file, failure);
        } catch (Throwable thrown) {
            guard.failed(file, thrown);
        }
        guard.ended(began);
        file.closeWhenIdle();
    }
}
