// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a new file without a name comes to be open: at once where the system has such files, and
 * elsewhere by a name that it loses as soon as it is open, whoever wants it by then. Loop thread
 * only.
 */
final class TemporaryOpening extends Opening {
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW);

    private final Listener listener;

    /** The name that it is to lose, where there are no files without. */
    private @Nullable Path name;

    /**
     * @param directory as the user has named it
     */
    TemporaryOpening(Loop loop, LoopHandle owner, Path directory, Listener listener) {
        super(
                loop,
                owner,
                directory,
                FileOptions.READ_AND_WRITE,
                FileRequest.OPEN_TEMPORARY,
                listener);
        this.listener = listener;
    }

    @Override
    void begin(Path absolute) {
        askOpen(absolute, FileOptions.READ_AND_WRITE, FileRequest.OPEN_TEMPORARY);
        go();
    }

    @Override
    void goOn(long result) {
        int code = (int) result;
        boolean opens = operation() == Operation.OPEN;
        if (opens && code == Code.OK && name != null) {
            askOfPath(Operation.REMOVE, name, 0);
            go();
        } else if (opens && name == null && hasNoNameless(code) && listener.wantsFile()) {
            name = path().resolve(".millrace-" + UUID.randomUUID());
            askOpen(name, NEW_FILE, FileRequest.OPEN_PRIVATE);
            go();
        } else if (code != Code.OK || !listener.wantsFile()) {
            fail(listener.wantsFile() ? code : Code.CANCELLED);
        } else {
            listener.fileOpened(0);
        }
    }

    /** Whether the file system, or a kernel, knows no files without a name. */
    private static boolean hasNoNameless(int code) {
        return code == Code.NOT_SUPPORTED || code == Code.IS_DIRECTORY;
    }
}
