// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Adds to each failure what the test ran on: one test of the contract runs on many backends. */
public final class NameBackends implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        if (failure instanceof TestAbortedException) {
            throw failure;
        }
        String where = context.getTestInstance().map(NameBackends::backends).orElse("unknown");
        throw new AssertionError("on " + where + ": " + failure, failure);
    }

    private static String backends(Object test) {
        return test instanceof ContractTest contract ? contract.backendNames() : "unknown";
    }
}
