// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketSslClientRenegotiateTest;
import io.netty.testsuite.transport.socket.SocketSslEchoTest;
import io.netty.testsuite.transport.socket.SocketSslGreetingTest;
import io.netty.testsuite.transport.socket.SocketStartTlsTest;
import io.netty.testsuite.transport.socket.TrafficShapingHandlerTest;
import java.util.List;
import org.junit.jupiter.api.Nested;

/**
 * Those of Netty's tests that take long: TLS in all variants. And those of traffic shaping, which
 * measure times, so that they fail on a machine that is busy.
 */
abstract class LongSocketSuite {
    /** The bootstraps of the backend. */
    abstract SuiteTransport suite();

    @Nested
    class SocketSslEcho extends SocketSslEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().socket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketSslGreeting extends SocketSslGreetingTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().socket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketSslClientRenegotiate extends SocketSslClientRenegotiateTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().socket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class TrafficShaping extends TrafficShapingHandlerTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().socket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketStartTls extends SocketStartTlsTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().socket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }
}
