// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.time.Instant;

/**
 * What a system knows of a file; immutable. See {@link AsyncFile#attributes} and inode(7).
 *
 * @param size in bytes; of anything but a regular file the system's own choice
 * @param lastModified when its content last changed, as exactly as the file system tells
 * @param mode type and permissions as {@code st_mode}, in Linux's numbering; only the type where
 *     files have no such permissions
 */
public record FileAttributes(long size, Instant lastModified, int mode) {
    /** The part of the mode that is the type. */
    public static final int TYPE_MASK = 0170000;

    public static final int TYPE_REGULAR = 0100000;
    public static final int TYPE_DIRECTORY = 0040000;

    public boolean isRegularFile() {
        return (mode & TYPE_MASK) == TYPE_REGULAR;
    }

    public boolean isDirectory() {
        return (mode & TYPE_MASK) == TYPE_DIRECTORY;
    }

    /** The permissions as of chmod(2), 0 where files have none. */
    public int permissions() {
        return mode & ~TYPE_MASK;
    }
}
