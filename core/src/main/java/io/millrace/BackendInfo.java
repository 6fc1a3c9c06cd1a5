// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Map;

/**
 * One backend as seen on this machine.
 *
 * @param name as used in {@code millrace.backend}
 * @param usable whether it can run here
 * @param reason in one line: for the backend of a loop why it was chosen, otherwise what makes it
 *     usable or what is missing and what to do about that
 * @param facts features and limits by name, in the order to show them
 */
public record BackendInfo(String name, boolean usable, String reason, Map<String, String> facts) {}
