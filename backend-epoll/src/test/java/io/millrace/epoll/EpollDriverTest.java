// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The driver contract on level-triggered epoll. */
class EpollDriverTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("epoll");
    }
}
