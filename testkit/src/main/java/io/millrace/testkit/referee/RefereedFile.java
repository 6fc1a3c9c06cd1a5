// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file that a watched engine has opened: it is closed once, by a request or at once. */
final class RefereedFile implements OpenFile {
    private final RefereedFiles files;
    private final OpenFile file;

    RefereedFile(RefereedFiles files, OpenFile file) {
        this.files = files;
        this.file = file;
    }

    /** What the engine knows the file by. */
    static OpenFile behind(OpenFile file) {
        return Objects.requireNonNull(behindIfAny(file));
    }

    /** The same of what need not be there. */
    static @Nullable OpenFile behindIfAny(@Nullable OpenFile file) {
        return file instanceof RefereedFile watched ? watched.file : file;
    }

    @Override
    public int descriptor() {
        return file.descriptor();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
    }

    @Override
    public void close() throws IOException {
        files.closedNow(this);
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
