// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileAttributes;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is there at a path, and whether that is a file to open. Any thread. */
public final class PathAttributes {
    private static final String MODE = "mode";
    private static final String SIZE = "size";
    private static final String LAST_MODIFIED = "lastModifiedTime";

    private static final int TYPE_FIFO = 0010000;
    private static final int TYPE_CHARACTER_DEVICE = 0020000;
    private static final int TYPE_BLOCK_DEVICE = 0060000;
    private static final int TYPE_SOCKET = 0140000;

    private PathAttributes() {}

    /** Refuses paths of other file systems: no kernel knows those. */
    public static Path ofDefaultFileSystem(Path path) {
        if (Objects.requireNonNull(path, "path").getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "only files of the default file system are opened: " + path.toUri());
        }
        return path;
    }

    /** Asks the JDK, links followed. Blocks as long as stat(2) does. */
    public static FileAttributes of(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            String names = "unix:" + MODE + "," + SIZE + "," + LAST_MODIFIED;
            Map<String, Object> all = Files.readAttributes(path, names);
            FileTime time = (FileTime) required(all, LAST_MODIFIED);
            return new FileAttributes(
                    (Long) required(all, SIZE), time.toInstant(), (Integer) required(all, MODE));
        }
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileAttributes(
                basic.size(), basic.lastModifiedTime().toInstant(), typeOf(basic));
    }

    private static Object required(Map<String, Object> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    private static int typeOf(BasicFileAttributes basic) {
        if (basic.isRegularFile()) {
            return FileAttributes.TYPE_REGULAR;
        }
        return basic.isDirectory() ? FileAttributes.TYPE_DIRECTORY : 0;
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
                "it is " + kindOf(found.mode()) + ", and only regular files are opened");
    }

    private static String kindOf(int mode) {
        return switch (mode & FileAttributes.TYPE_MASK) {
            case TYPE_FIFO -> "a FIFO";
            case TYPE_SOCKET -> "a socket";
            case TYPE_CHARACTER_DEVICE -> "a character device";
            case TYPE_BLOCK_DEVICE -> "a block device";
            default -> "neither a file nor a directory";
        };
    }
}
