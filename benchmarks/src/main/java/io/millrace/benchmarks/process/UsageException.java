// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

/** A command line that makes no sense; the message is one line for whoever wrote it. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
