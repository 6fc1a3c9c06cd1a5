// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest.Operation;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The syncs of one file: one request at a time, for all that were asked before it began.
 *
 * <p>The kernel tells of writes that it has lost once for each open file, see errseq_t in
 * Documentation/core-api/errseq.rst and fsync(2). Of two syncs at once one would fail, and the
 * other end well though what it should cover is lost; which of them is told first is chance. One
 * after the other, none that ends well was begun before the failure of another was told. That all
 * that wait share the next request keeps many at once as cheap as they were. Loop thread only.
 */
final class SyncLine {
    private final ArrayDeque<FileSync> asked = new ArrayDeque<>(1);

    /** For how many of them, from the first on, the request is that is under way. */
    private int covered;

    /** Whether anyone who waits for the next request wants more than the content. */
    private boolean everything;

    void enter(FileSync sync, boolean ofEverything) {
        asked.addLast(sync);
        everything |= ofEverything;
        if (covered == 0) {
            askNext();
        }
    }

    private void askNext() {
        covered = asked.size();
        boolean ofEverything = everything;
        everything = false;
        asked.getFirst().ask(ofEverything ? Operation.SYNC : Operation.SYNC_DATA);
    }

    /**
     * The request has ended, and is told to all it was for. Their callbacks may sync again, which
     * waits here, and close the file.
     */
    void ended(@Nullable Throwable cause, int result) {
        for (int untold = covered; untold > 0; untold--) {
            asked.removeFirst().finish(cause, result);
        }
        while (!asked.isEmpty() && !asked.getFirst().file.isOpen()) {
            asked.removeFirst().finish(null, Code.CANCELLED);
        }
        covered = 0;
        if (!asked.isEmpty()) {
            askNext();
        }
    }
}
