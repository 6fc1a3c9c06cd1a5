// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Map;

/**
 * One backend as seen on this machine. Immutable, any thread.
 *
 * <p>Made by Millrace alone, and later versions may say more: do not implement it.
 */
public interface BackendInfo {
    /** Its name, as used in {@code millrace.backend}. */
    String name();

    /** Whether it can run here. */
    boolean usable();

    /**
     * In one line: for the backend of a loop why it was chosen, otherwise what makes it usable or
     * what is missing and what to do about that.
     */
    String reason();

    /** Features and limits by name, in the order to show them. */
    Map<String, String> facts();
}
