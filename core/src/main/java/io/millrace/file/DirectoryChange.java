// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.IoException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something that has changed in a watched directory; immutable.
 *
 * @param kind what has happened
 * @param path what it concerns: below the directory that was given to {@link DirectoryWatch#open},
 *     and relative if that was, with the very bytes that the system has for the name
 * @param previousPath of {@link Kind#RENAMED} what it was called before, otherwise null
 * @param isDirectory whether it is, or was, a directory, as far as the system says
 * @param failure of {@link Kind#UNWATCHED} and {@link Kind#ENDED} why, otherwise null
 */
public record DirectoryChange(
        Kind kind,
        Path path,
        @Nullable Path previousPath,
        boolean isDirectory,
        @Nullable IoException failure) {
    /** What has happened. */
    public enum Kind {
        /** There is a new name, also one that came from a directory that is not watched. */
        CREATED,
        /** A name is gone, also to a directory that is not watched. */
        DELETED,
        /** The content of a file has changed, which whoever changes it may go on to do. */
        MODIFIED,
        /** A file that was open for writing has been closed: what was to be written is written. */
        WRITTEN,
        /** Permissions, owner, times, or the number of names have changed. */
        ATTRIBUTES,
        /** A name has become another; what had that name before is gone. */
        RENAMED,
        /**
         * More has changed than the system could note: whoever keeps what a directory has reads the
         * watched directory anew. What is told next happened after this.
         */
        OVERFLOW,
        /**
         * A directory below cannot be watched, because of permissions or a limit, and nothing in it
         * is told. When a limit is reached, that is told once, of the first directory beyond it.
         */
        UNWATCHED,
        /**
         * The directory itself has been removed, renamed or unmounted, or the system has failed:
         * the last of all. The watch closes.
         */
        ENDED
    }

    /** Without a failure and another path. */
    public static DirectoryChange of(Kind kind, Path path, boolean isDirectory) {
        return new DirectoryChange(kind, path, null, isDirectory, null);
    }
}
