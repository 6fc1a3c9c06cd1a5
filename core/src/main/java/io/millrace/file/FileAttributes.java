// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a system knows of a file; immutable. See {@link AsyncFile#attributes} and inode(7).
 *
 * @param size in bytes; of anything but a regular file the system's own choice
 * @param lastModified when its content last changed, as exactly as the file system tells
 * @param mode type and permissions as {@code st_mode}, in Linux's numbering; only the type where
 *     files have no such permissions
 * @param lastAccessed when it was last read, as far as the file system keeps that
 * @param lastChanged when content or attributes last changed
 * @param created when it was made; null if the file system does not keep that
 * @param inode its number in its file system; 0 where files have none
 * @param device the number of its file system; 0 where those have none
 * @param links how many names it has; 1 where nobody counts
 * @param user the number of its owner; -1 where files have none
 * @param group the number of its group; -1 where files have none
 * @param allocatedBytes how much of the device it takes up; -1 if nobody tells
 * @param directMemoryAlignment what addresses of buffers are multiples of in direct I/O; 0 if there
 *     is none, or nobody tells
 * @param directOffsetAlignment what positions and lengths are multiples of in direct I/O; 0 if
 *     there is none, or nobody tells
 */
public record FileAttributes(
        long size,
        Instant lastModified,
        int mode,
        Instant lastAccessed,
        Instant lastChanged,
        @Nullable Instant created,
        long inode,
        long device,
        long links,
        int user,
        int group,
        long allocatedBytes,
        int directMemoryAlignment,
        int directOffsetAlignment) {
    /** The part of the mode that is the type. */
    public static final int TYPE_MASK = 0170000;

    public static final int TYPE_REGULAR = 0100000;
    public static final int TYPE_DIRECTORY = 0040000;
    public static final int TYPE_SYMBOLIC_LINK = 0120000;
    public static final int TYPE_FIFO = 0010000;
    public static final int TYPE_CHARACTER_DEVICE = 0020000;
    public static final int TYPE_BLOCK_DEVICE = 0060000;
    public static final int TYPE_SOCKET = 0140000;

    /** Of a file of which no more is known. */
    public FileAttributes(long size, Instant lastModified, int mode) {
        this(size, lastModified, mode, lastModified, lastModified, null, 0, 0, 1, -1, -1, -1, 0, 0);
    }

    public boolean isRegularFile() {
        return (mode & TYPE_MASK) == TYPE_REGULAR;
    }

    public boolean isDirectory() {
        return (mode & TYPE_MASK) == TYPE_DIRECTORY;
    }

    public boolean isSymbolicLink() {
        return (mode & TYPE_MASK) == TYPE_SYMBOLIC_LINK;
    }

    /** What kind of thing it is. */
    public FileType type() {
        return switch (mode & TYPE_MASK) {
            case TYPE_REGULAR -> FileType.REGULAR;
            case TYPE_DIRECTORY -> FileType.DIRECTORY;
            case TYPE_SYMBOLIC_LINK -> FileType.SYMBOLIC_LINK;
            case TYPE_FIFO -> FileType.FIFO;
            case TYPE_CHARACTER_DEVICE -> FileType.CHARACTER_DEVICE;
            case TYPE_BLOCK_DEVICE -> FileType.BLOCK_DEVICE;
            case TYPE_SOCKET -> FileType.SOCKET;
            default -> FileType.OTHER;
        };
    }

    /** Whether another description is of the same file, under whatever name. */
    public boolean isSameFile(FileAttributes other) {
        return inode != 0 && inode == other.inode && device == other.device;
    }

    /** The permissions as of chmod(2), 0 where files have none. */
    public int permissions() {
        return mode & ~TYPE_MASK;
    }
}
