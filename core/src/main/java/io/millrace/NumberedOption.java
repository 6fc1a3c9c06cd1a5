// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/**
 * A socket option by the system's own numbers, see setsockopt(2), with its value, a C {@code int}.
 * Immutable; any thread.
 *
 * @param level such as SOL_SOCKET
 * @param name such as SO_RCVLOWAT
 * @param value to be set
 */
public record NumberedOption(int level, int name, int value) {
    /** Whether it is that option, with whichever value. */
    public boolean isOf(int otherLevel, int otherName) {
        return level == otherLevel && name == otherName;
    }

    @Override
    public String toString() {
        return "option " + name + " of level " + level;
    }
}
