// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/** The end of one sync of a file. One object may serve any number of them. */
@FunctionalInterface
public interface FileSyncCallback {
    /**
     * The sync has ended.
     *
     * @param failure null if what it covers is on the device. Otherwise nobody knows what is: a
     *     system may forget what it could not write, so that a second sync succeeds without it
     */
    void onSynced(AsyncFile file, @Nullable IoException failure);
}
