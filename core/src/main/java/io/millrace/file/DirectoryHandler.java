// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.util.List;

/** Hears of the names in a directory. Called on the loop's thread. */
@FunctionalInterface
public interface DirectoryHandler {
    /**
     * Some names have been read.
     *
     * @param batch at least one; the handler's to keep
     * @return whether to go on; otherwise the directory is closed
     */
    boolean onEntries(List<DirectoryEntry> batch);
}
