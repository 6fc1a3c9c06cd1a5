// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.nio.file.Path;

/**
 * A name in a directory; immutable.
 *
 * @param name relative to the directory, with the very bytes that the system has for it
 * @param type what it was when the directory was read; of a link that it is one
 */
public record DirectoryEntry(Path name, FileType type) {}
