// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.OpenFile;
import java.nio.file.Path;

/**
 * A user's open file in the hands of a stream, which does not close before the stream is done with
 * it. Loop thread only.
 */
public final class FileLoan implements FileSource {
    private final LoopFile file;
    private final FileOperation.Guest guest;

    FileLoan(LoopFile file) {
        this.file = file;
        guest = new FileOperation.Guest(file);
        file.operations.begins(guest);
    }

    @Override
    public OpenFile file() {
        return file.opened();
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public void end() {
        guest.leave();
    }
}
