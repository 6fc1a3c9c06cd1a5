// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.LoopOptions;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.internal.file.LoopDirectoryWatch;
import io.millrace.internal.loop.Loop;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Tells what changes in a directory, and if asked for in all directories below it.
 *
 * <p>By inotify(7) on Linux with a backend that has descriptors. Elsewhere, and with {@code nio},
 * by the JDK's {@link java.nio.file.WatchService} on a thread of the watch's own, which tells of
 * fewer {@linkplain #kinds kinds}, and on some systems looks only every few seconds.
 *
 * <p>Changes are told in the order in which they happened, and none is lost without an {@code
 * OVERFLOW}. Directories that come to be while watching are watched as well, and what is in them
 * already by then is told as {@code CREATED}; what happens to a file at that very moment may be
 * told as happening to it afterwards, such as a {@code RENAMED} to a name that was told as {@code
 * CREATED}. A rename that goes out of what is watched is {@code DELETED}, told some milliseconds
 * later than others, when no other half has come; one that comes from there is {@code CREATED}.
 *
 * <p>Directories are read and added on the threads of {@link LoopOptions.Builder#workExecutor};
 * meanwhile changes wait in the system's queue. A burst of changes is told in shares, so that
 * others have their turn. Loop thread only. Active until it is closed.
 */
public sealed interface DirectoryWatch extends Handle permits LoopDirectoryWatch {
    /**
     * Watches a directory, and nothing below it.
     *
     * @see #open(EventLoop, Path, DirectoryWatchOptions, DirectoryChangeHandler)
     */
    static CompletionStage<DirectoryWatch> open(
            EventLoop loop, Path directory, DirectoryChangeHandler handler) {
        return open(loop, directory, DirectoryWatchOptions.DEFAULT, handler);
    }

    /**
     * Watches a directory from the moment on at which the stage ends. Whoever reads the directory
     * afterwards misses nothing.
     *
     * @param directory may be a link to one; of the default file system
     * @return the watch, or a failure: {@code ENOENT}, {@code ENOTDIR}, {@code EACCES}; {@code
     *     ENOSPC} or {@code EMFILE} with the name of the limit that was reached
     * @throws IllegalArgumentException if the path is of another file system
     */
    static CompletionStage<DirectoryWatch> open(
            EventLoop loop,
            Path directory,
            DirectoryWatchOptions options,
            DirectoryChangeHandler handler) {
        return LoopDirectoryWatch.open((Loop) loop, directory, options, handler);
    }

    /** The directory, as it was given. */
    Path path();

    /** The kinds that are told here; see the table in {@code docs/backends.md}. */
    Set<Kind> kinds();

    /** How many directories are watched now. */
    int directories();
}
