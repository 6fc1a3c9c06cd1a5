// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import io.millrace.IoException;

/** Hears how a {@link ChildProcess} has ended. */
@FunctionalInterface
public interface ExitHandler {
    /** It has ended. What this throws closes the child's handle. */
    void onExit(ChildProcess child, ExitStatus status);

    /**
     * It has ended, and somebody else in this process has taken its status, so that nobody knows
     * how. Unless overridden, the handle closes.
     */
    default void onLost(ChildProcess child, IoException failure) {
        child.close();
    }
}
