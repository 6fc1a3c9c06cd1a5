// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's tests that send much, on epoll. */
class EpollLargeSocketSuiteTest extends LargeSocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("epoll");
    }
}
