// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/**
 * The system's calls that a driver has at hand beside those of its engines. One per loop, used
 * where its driver may be unless a method says otherwise.
 */
public interface SystemServices {
    /** Pipes, and what else has a descriptor and is no socket. Always the same one. */
    Descriptors descriptors();

    /** Terminals. Always the same one, for any thread. */
    TerminalCalls terminals();

    /** Why {@link #spawner} must not be asked for here; null if it may. */
    @Nullable String whyNoChildren();

    /** Child processes. Always the same one, for any thread. */
    Spawner spawner();

    /**
     * Opens what notes changes in directories; null if the system has nothing of its own for that.
     * Any thread.
     *
     * @throws IoException if a limit was reached, and which
     */
    default @Nullable DirectoryNotices openDirectoryNotices() throws IoException {
        return null;
    }
}
