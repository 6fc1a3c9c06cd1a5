// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileAttributes;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is there at a path, and whether that is a file to open. Any thread. */
public final class PathAttributes {
    private PathAttributes() {}

    /** Refuses paths of other file systems: no kernel knows those. */
    public static Path ofDefaultFileSystem(Path path) {
        if (Objects.requireNonNull(path, "path").getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "only files of the default file system are opened: " + path.toUri());
        }
        return path;
    }

    /** Why what was found is not opened, or null if it is a regular file. */
    public static @Nullable IoException refusal(Path path, FileAttributes found) {
        if (found.isRegularFile()) {
            return null;
        }
        if (found.isDirectory()) {
            return Failures.ofFile(Code.IS_DIRECTORY, "open", path, 0, null);
        }
        return Failures.ofFile(
                Code.INVALID_ARGUMENT,
                "open",
                path,
                "it is " + kindOf(found) + ", and only regular files are opened");
    }

    private static String kindOf(FileAttributes found) {
        return switch (found.type()) {
            case FIFO -> "a FIFO";
            case SOCKET -> "a socket";
            case CHARACTER_DEVICE -> "a character device";
            case BLOCK_DEVICE -> "a block device";
            default -> "neither a file nor a directory";
        };
    }
}
