// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import org.jspecify.annotations.Nullable;

/**
 * How a process has ended: by itself with a code, or by a signal. Any thread.
 *
 * @param code from 0 to 255; -1 if a signal has ended it
 * @param signal its name without {@code SIG}; null if it ended by itself
 */
public record ExitStatus(int code, @Nullable String signal) {
    /** Whether it ended by itself, with code 0. */
    public boolean isSuccess() {
        return code == 0;
    }

    @Override
    public String toString() {
        return signal == null ? "code " + code : "signal " + signal;
    }
}
