// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The driver contract on poll. */
class PollDriverTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("poll");
    }
}
