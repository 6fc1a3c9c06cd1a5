// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

/** What a descriptor stands for; see {@link Terminal#kindOf}. */
public enum DescriptorKind {
    /** A terminal: {@link Terminal#open}. */
    TERMINAL,
    /** A pipe or FIFO, or another device that is read and written as one: {@link Pipe#adopt}. */
    PIPE,
    /** A socket, of whatever family. */
    SOCKET,
    /** A regular file, or what else is always ready: {@link io.millrace.file.AsyncFile}. */
    FILE
}
