// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * What two backends can have to do with each other: everything with a client on one loop and a
 * server on another. A suite that mixes them runs this; what a loop does by itself would only be
 * tested again.
 */
public abstract class PairContract extends StreamContract {
    @Nested
    class TurnOrder extends TurnOrderContract {}

    @Nested
    class Standstill extends StandstillContract {}

    @Nested
    class TcpConnect extends TcpConnectContract {}

    @Nested
    class HostConnects extends HostConnectContract {}

    @Nested
    class CallbackFailure extends CallbackFailureContract {}

    @Nested
    class TcpOptions extends TcpOptionsContract {}

    @Nested
    class TcpServers extends TcpServerContract {}

    @Nested
    class Udp extends UdpContract {}
}
