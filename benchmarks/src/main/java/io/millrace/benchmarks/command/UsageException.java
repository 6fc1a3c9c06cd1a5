// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

/** The bench was called with options that make no sense; the message says which, in one line. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
