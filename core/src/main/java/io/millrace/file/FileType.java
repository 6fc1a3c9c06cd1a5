// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

/** What something in a file system is, see inode(7). */
public enum FileType {
    REGULAR,
    DIRECTORY,
    SYMBOLIC_LINK,
    FIFO,
    SOCKET,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    /** None of the others, or nothing that the system would tell. */
    OTHER
}
