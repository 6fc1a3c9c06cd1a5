// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import io.millrace.spi.OpenedFile;

/**
 * The last request of a file. Made with it, because closing must not fail for lack of memory.
 *
 * <p>close(2) may tell of writes that failed long after they had been taken. Nobody waits for that
 * here, so it is logged; who wants to hear of it syncs.
 */
final class FileClosing extends LoopFileRequest {
    private final LoopFile file;

    FileClosing(LoopFile file) {
        super(file.loop());
        this.file = file;
    }

    void begin(OpenedFile opened) {
        ask(Operation.CLOSE, opened);
        Loop loop = file.loop();
        if (loop.isClosed()) {
            onEnded(closeNow(opened));
        } else {
            start();
        }
    }

    @Override
    LoopHandle owner() {
        return file;
    }

    @Override
    void ended(long result) {
        if (result < 0) {
            Log.CORE.report(
                    System.Logger.Level.WARNING,
                    () ->
                            file.path()
                                    + ", closed without a sync, may have lost writes: "
                                    + Code.name((int) result),
                    null);
        }
        file.released();
    }
}
