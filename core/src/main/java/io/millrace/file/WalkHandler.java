// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import java.nio.file.Path;

/** Hears of what is below a directory. Called on the loop's thread. */
@FunctionalInterface
public interface WalkHandler {
    /**
     * Something is there.
     *
     * @param path the directory that the walk began at, and what is below it
     * @return of a directory whether to look into it; of anything else it does not matter
     */
    boolean onEntry(Path path, FileType type);

    /**
     * A directory could not be read, or not to its end. Unless overridden, the walk goes on if it
     * is gone, and else ends with that failure.
     *
     * @return whether to go on
     */
    default boolean onFailure(Path directory, IoException failure) {
        return failure.errorCode() == ErrorCode.ENOENT;
    }
}
