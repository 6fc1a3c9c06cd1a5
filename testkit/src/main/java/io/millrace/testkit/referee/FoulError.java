// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

/** A call that the contract of the driver boundary forbids. */
public final class FoulError extends AssertionError {
    private static final long serialVersionUID = 1L;

    FoulError(String message) {
        super(message);
    }
}
