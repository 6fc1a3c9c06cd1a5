// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/** What holds of streams, over Unix-domain sockets, and what only those have. */
public abstract class UnixContract extends StreamContract {
    @Override
    protected Transport transport() {
        return new UnixTransport();
    }

    @Nested
    class UnixStreams extends UnixStreamContract {}

    @Nested
    class UnixBinds extends UnixBindContract {}

    @Nested
    class InputShutdown extends InputShutdownContract {}

    @Nested
    class UnixLimits extends UnixLimitsContract {}

    @Nested
    class UnixDescriptors extends UnixDescriptorContract {}

    @Nested
    class UnixServers extends UnixServerContract {}
}
