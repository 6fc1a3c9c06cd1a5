// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.FileVector;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A read or a write, of one buffer or of several, whose list is kept for the next use. */
abstract class FileTransfer extends FileOperation {
    /** The buffers, if there are several. */
    @Nullable FileVector several;

    private @Nullable FileVector idleVector;

    FileTransfer(LoopFile file) {
        super(file);
    }

    /** Takes what is left in all of the buffers. */
    final void takeSeveral(ByteBuffer[] buffers) {
        FileVector vector = idleVector == null ? new FileVector() : idleVector;
        for (ByteBuffer buffer : buffers) {
            vector.add(buffer);
        }
        several = vector;
    }

    /** Lets go of the buffers. */
    final void letGoOfSeveral() {
        if (several != null) {
            several.clear();
            idleVector = several;
            several = null;
        }
    }
}
