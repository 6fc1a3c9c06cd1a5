// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.file.FileSyncCallback;
import io.millrace.spi.Code;
import org.jspecify.annotations.Nullable;

/**
 * A sync of a file, of everything or of its content only. One request answers all that waited for
 * it, see {@link SyncLine}: the first of them is that request.
 */
final class FileSync extends FileOperation {
    /** The one behind it in the file's {@link SyncLine}. */
    @Nullable FileSync nextSync;

    private @Nullable FileSyncCallback callback;
    private int code;

    FileSync(LoopFile file) {
        super(file);
    }

    void begin(Operation which, FileSyncCallback newCallback) {
        callback = newCallback;
        file.operations.syncs.enter(this, which == Operation.SYNC);
    }

    /** Asks for all that wait. */
    void ask(Operation which) {
        ask(which, file.opened());
        start();
    }

    @Override
    void ended(long result) {
        file.operations.syncs.ended(cause(), (int) result);
    }

    /** What the request has come to that it waited for. */
    void finish(@Nullable Throwable cause, int result) {
        code = result == Code.OK ? Code.OK : unlessClosing(result);
        explain(cause);
        finish();
    }

    @Override
    void tell() {
        present(callback).onSynced(file, code == Code.OK ? null : failure("sync", code, 0));
    }

    @Override
    void becomeIdle() {
        callback = null;
        file.operations.keep(this);
    }
}
