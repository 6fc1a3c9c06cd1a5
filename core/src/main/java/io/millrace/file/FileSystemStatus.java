// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

/**
 * How much room a file system has; immutable. See statvfs(3).
 *
 * @param totalBytes its size
 * @param freeBytes what nothing is stored in
 * @param availableBytes how much of that this process may use
 * @param blockSize the unit that it stores files in, in bytes
 * @param totalFiles how many files there can be; -1 if the system does not tell
 * @param freeFiles how many more there can be; -1 if the system does not tell
 * @param isReadOnly whether nothing in it can be changed
 */
public record FileSystemStatus(
        long totalBytes,
        long freeBytes,
        long availableBytes,
        long blockSize,
        long totalFiles,
        long freeFiles,
        boolean isReadOnly) {}
