// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

/** A program was called with options that it does not understand; the message says which. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
