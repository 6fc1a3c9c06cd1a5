// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a system notes of changes in directories, each of which it gives a number. The names and the
 * flags are those of inotify(7), and so is what they mean.
 */
public interface DirectoryNotices extends AutoCloseable {
    /** The content of a file has changed. */
    int MODIFIED = 0x2;

    /** Attributes have changed, of what is named or of the directory itself. */
    int ATTRIBUTES = 0x4;

    /** A file that was open for writing was closed. */
    int WRITTEN = 0x8;

    /** A name has gone by a rename; its other half has the same cookie. */
    int MOVED_FROM = 0x40;

    /** A name has come by a rename. */
    int MOVED_TO = 0x80;

    /** A name has come. */
    int CREATED = 0x100;

    /** A name has gone. */
    int DELETED = 0x200;

    /** The directory itself has gone. */
    int SELF_DELETED = 0x400;

    /** The directory itself has another name. */
    int SELF_MOVED = 0x800;

    /** The file system of the directory was unmounted. */
    int UNMOUNTED = 0x2000;

    /** Notices were lost; it concerns all directories. */
    int OVERFLOW = 0x4000;

    /** The number means nothing any more. */
    int FORGOTTEN = 0x8000;

    /** What is named is a directory. */
    int DIRECTORY = 0x40000000;

    /** Hears of notices. */
    interface Sink {
        /**
         * One notice.
         *
         * @param directory the number of the directory, -1 if it concerns all
         * @param what some of the flags
         * @param cookie what the two halves of a rename have in common, otherwise 0
         * @param name in the directory, or null if it concerns the directory itself
         */
        void onNotice(int directory, int what, int cookie, @Nullable Path name);

        /** For the moment there are no others. */
        void onDrained();
    }

    /** What is readable when there are notices, or -1 where {@link #tellWhenReady} is for that. */
    int descriptor();

    /**
     * Without a descriptor: has somebody called, on any thread, when there are notices; after that
     * not until they have been read.
     */
    default void tellWhenReady(Runnable ready) {
        throw new UnsupportedOperationException("there is a descriptor for that");
    }

    /** Whether the two halves of a rename are told as such, and closing as {@link #WRITTEN}. */
    boolean isComplete();

    /**
     * Adds a directory; one that is there already keeps its number. Any thread.
     *
     * @param directory absolute
     * @param follows whether a link to a directory will do
     * @return its number
     * @throws IoException why not, which says so if a limit was reached
     */
    int add(Path directory, boolean follows) throws IoException;

    /** Nothing is noted of that directory any more. Any thread. */
    void remove(int directory);

    /** Tells of some of what has been noted, without waiting; a code if that failed. */
    int read(Sink sink);

    /** Nobody is inside another call. */
    @Override
    void close();
}
