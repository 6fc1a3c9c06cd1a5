// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.OpenFile;
import org.jspecify.annotations.Nullable;

/**
 * The last request of a file, once. Made with the file, because closing must not fail for lack of
 * memory; and no other request of it becomes this one, because an engine that was let go of may
 * still be reading that. Loop thread only.
 */
abstract class Closing extends LoopFileRequest {
    private final Loop loop;
    private final @Nullable LoopHandle owner;
    private final LeftFile left = new LeftFile();

    Closing(Loop loop, @Nullable LoopHandle owner) {
        super(loop);
        this.loop = loop;
        this.owner = owner;
    }

    final void begin(OpenFile opened) {
        ask(Operation.CLOSE, opened);
        if (loop.isClosed()) {
            onEnded(leave(opened, left));
        } else {
            start();
        }
    }

    /**
     * For a file of a loop that was let go of, which others use as well: what they run when they do
     * not any more. In place of {@link #begin}.
     */
    final Runnable leaveToOthers(OpenFile opened) {
        shareWithThreads(opened, left);
        return left;
    }

    /** The file is gone, whatever the code. */
    abstract void closed(int code);

    @Override
    final @Nullable LoopHandle owner() {
        return owner;
    }

    @Override
    final void ended(long result) {
        closed((int) result);
    }
}
