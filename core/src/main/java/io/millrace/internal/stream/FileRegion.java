// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.file.FileLoan;
import io.millrace.internal.file.PathAttributes;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.StreamPort;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stretch of a file in a write queue. Owns the file, or has it on loan. */
final class FileRegion extends WriteRegion {
    /** Opens a regular file for whoever is to send from it. */
    interface Opener {
        OpenFile open(Path absolute) throws IoException;
    }

    private final Path path;
    private final OpenFile file;

    /** Whose file it is, if it is a user's. */
    private final @Nullable FileLoan loan;

    FileRegion(Path path, OpenFile file, long position, long count) {
        super(position, count);
        this.path = path;
        this.file = file;
        loan = null;
    }

    /** Of a file that is somebody else's, and stays open. */
    FileRegion(FileLoan loan, long position, long count) {
        super(position, count);
        path = loan.path();
        file = loan.file();
        this.loan = loan;
    }

    /**
     * Opens a regular file and checks that the stretch is in it; count -1 is the rest of it.
     * Whatever is thrown, nothing stays open.
     *
     * <p>Asked first because opening a FIFO would wait for its other end, and devices do things
     * when they are opened. If the question fails, the driver says why: it has the error's number.
     */
    static FileRegion open(Opener opener, Path path, long position, long count) throws IoException {
        Path absolute = PathAttributes.ofDefaultFileSystem(path).toAbsolutePath();
        IoException refusal = refusal(path, absolute);
        if (refusal != null) {
            throw refusal;
        }
        OpenFile file = openFile(opener, path, absolute);
        try {
            long size = sizeOf(file, path);
            long length = count == -1 ? size - position : count;
            if (position < 0 || position > size || length < 0 || length > size - position) {
                throw new IllegalArgumentException(
                        "no " + count + " bytes at " + position + " in " + path + " of " + size);
            }
            return new FileRegion(path, file, position, length);
        } catch (Throwable failure) {
            close(file);
            throw failure;
        }
    }

    private static @Nullable IoException refusal(Path path, Path absolute) {
        try {
            return PathAttributes.refusal(path, PathAttributes.of(absolute));
        } catch (IOException unknown) {
            // Said by the open, which is to fail as well.
            return null;
        }
    }

    private static OpenFile openFile(Opener opener, Path path, Path absolute) throws IoException {
        try {
            return opener.open(absolute);
        } catch (IoException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw Failures.ofFile(failure.code(), "open", path, 0, cause);
        }
    }

    private static long sizeOf(OpenFile file, Path path) throws IoException {
        try {
            return file.size();
        } catch (IOException failure) {
            throw Failures.ofFile(FileErrors.codeOf(failure), "open", path, 0, failure);
        }
    }

    /** One that was only read from, so that nothing can be lost. */
    private static void close(OpenFile file) {
        try {
            file.close();
        } catch (IOException nothingLost) {
            // It is gone all the same.
        }
    }

    Path path() {
        return path;
    }

    @Override
    int sendBy(StreamPort port, long most) {
        return port.sendFile(file, position(), Math.min(remaining(), most));
    }

    @Override
    boolean isInMemory() {
        return false;
    }

    /** The kernel takes the bytes from the file. */
    @Override
    void gather(Gather into) {}

    @Override
    void close() {
        if (loan == null) {
            close(file);
        } else {
            loan.end();
        }
    }
}
