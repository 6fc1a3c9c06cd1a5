// SPDX-License-Identifier: Apache-2.0

/**
 * Files for threads that block, on files of a loop that do not.
 *
 * @since 0.1.0
 */
module io.millrace.blocking {
    requires transitive io.millrace.core;
    requires static org.jspecify;

    exports io.millrace.blocking;
}
