// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * What two backends can have to do with each other over Unix-domain sockets; see {@link
 * PairContract}.
 */
public abstract class UnixPairContract extends ContractSuite {
    @Override
    protected Transport transport() {
        return new UnixTransport();
    }

    @Nested
    class UnixStreams extends UnixStreamContract {}

    @Nested
    class UnixDescriptors extends UnixDescriptorContract {}

    @Nested
    class HalfClose extends HalfCloseContract {}

    @Nested
    class InputShutdown extends InputShutdownContract {}
}
