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
public abstract class StreamContract {
    /** The backends to test; in a new world for each call if they are simulated. */
    protected abstract BackendPair backends();

    /** What carries the bytes, TCP unless overridden; asked for before each test. */
    protected Transport transport() {
        return new TcpTransport();
    }

    /** How many connections one loop must hold; less for kernel interfaces with a limit. */
    protected int connections() {
        return 10_000;
    }

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
