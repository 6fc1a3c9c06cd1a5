// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

/** What is planned with a stretch of a file, for the system to prepare, see posix_fadvise(2). */
public enum FileAdvice {
    /** Nothing in particular. */
    NORMAL,
    /** It is read in no order: reading ahead is for nothing. */
    RANDOM,
    /** It is read from the first byte to the last: more is read ahead. */
    SEQUENTIAL,
    /** It is read soon: the system begins at once. */
    WILL_NEED,
    /** It is not needed any more: what is in memory of it, and stored, is given up. */
    DONT_NEED,
    /** It is needed once. */
    NO_REUSE
}
