// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

/** Hears of changes in a directory. Called on the loop's thread. */
@FunctionalInterface
public interface DirectoryChangeHandler {
    /**
     * Something has changed. The watch may be closed in here: then it was the last. What this
     * throws closes the watch.
     */
    void onChange(DirectoryWatch watch, DirectoryChange change);
}
