// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * What holds of every stream of bytes, whatever carries it, on one backend or two.
 *
 * <p>To hold another transport to it: implement {@link Transport}, say there what it cannot do, and
 * run it on each backend that has it:
 *
 * <pre>{@code
 * class MyStreamsOnEpollContractTest extends StreamContract {
 *     protected BackendPair backends() {
 *         return BackendPair.of("epoll");
 *     }
 *
 *     protected Transport transport() {
 *         return new MyTransport();
 *     }
 * }
 * }</pre>
 *
 * What only that transport has is tested by nested classes of the suite's own. Each area is a class
 * that says what it asks; it finds the suite around itself.
 */
public abstract class StreamContract extends ContractSuite {
    @Nested
    class Reads extends ReadContract {}

    @Nested
    class ReadRequests extends ReadRequestContract {}

    @Nested
    class Writes extends WriteContract {}

    @Nested
    class WriteFailures extends WriteFailureContract {}

    @Nested
    class BackPressure extends BackPressureContract {}

    @Nested
    class SendFile extends SendFileContract {}

    @Nested
    class Timeouts extends TimeoutContract {}

    @Nested
    class HalfClose extends HalfCloseContract {}

    @Nested
    class Close extends CloseContract {}

    @Nested
    class CloseAnywhere extends CloseAnywhereContract {}

    @Nested
    class Reset extends ResetContract {}
}
