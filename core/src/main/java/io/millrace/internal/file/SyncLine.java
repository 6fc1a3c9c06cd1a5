// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest.Operation;
import java.util.Objects;
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
    private @Nullable FileSync first;
    private @Nullable FileSync last;
    private int size;

    /** For how many of them, from the first on, the request is that is under way. */
    private int covered;

    /** Whether anyone who waits for the next request wants more than the content. */
    private boolean everything;

    /** Allocates nothing: the sync is in flight already, and nobody would end it. */
    void enter(FileSync sync, boolean ofEverything) {
        if (last == null) {
            first = sync;
        } else {
            last.nextSync = sync;
        }
        last = sync;
        size++;
        everything |= ofEverything;
        if (covered == 0) {
            askNext(sync);
        }
    }

    private void askNext(FileSync next) {
        covered = size;
        boolean ofEverything = everything;
        everything = false;
        next.ask(ofEverything ? Operation.SYNC : Operation.SYNC_DATA);
    }

    /**
     * The request has ended, and is told to all it was for. Their callbacks may sync again, which
     * waits here, and close the file.
     */
    void ended(@Nullable Throwable cause, int result) {
        for (int untold = covered; untold > 0; untold--) {
            removeFirst().finish(cause, result);
        }
        while (first != null && !first.file.isOpen()) {
            removeFirst().finish(null, Code.CANCELLED);
        }
        covered = 0;
        if (first != null) {
            askNext(first);
        }
    }

    private FileSync removeFirst() {
        FileSync head = Objects.requireNonNull(first);
        first = head.nextSync;
        head.nextSync = null;
        if (first == null) {
            last = null;
        }
        size--;
        return head;
    }
}
