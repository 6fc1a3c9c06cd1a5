// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * That a directory, and what is below it, is to be added to a watch and read: plain data, so that
 * who decides it need not know the threads that do it.
 *
 * @param under the directory above it; of the watched directory itself null
 * @param name in that directory; of the watched directory itself its path
 * @param path by which it is read
 */
record DirectoryScan(Purpose purpose, @Nullable WatchedDirectory under, Path name, Path path)
        implements TreeUpdates.Demand {
    /** What it is for. */
    enum Purpose {
        OPENING,

        /** A directory has come, and may have something in it that nothing was noted of. */
        APPEARED,

        /** As before, of a name whose directory turned out to be another one. */
        CORRECTION,

        /** The system has lost notices. */
        REFRESH
    }

    /** Whether what it finds is told. */
    boolean isOfNews() {
        return purpose == Purpose.APPEARED || purpose == Purpose.CORRECTION;
    }
}
