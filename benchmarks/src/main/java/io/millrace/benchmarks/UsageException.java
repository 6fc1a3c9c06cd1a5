// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/** A command line that makes no sense; the message is one line for whoever wrote it. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message);
    }
}
