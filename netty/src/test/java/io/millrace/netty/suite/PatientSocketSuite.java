// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketAutoReadTest;
import io.netty.testsuite.transport.socket.SocketChannelNotYetConnectedTest;
import io.netty.testsuite.transport.socket.SocketConditionalWritabilityTest;
import io.netty.testsuite.transport.socket.SocketExceptionHandlingTest;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import io.netty.testsuite.transport.socket.SocketReadPendingTest;
import io.netty.testsuite.transport.socket.SocketShutdownOutputByPeerTest;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Those of Netty's tests that wait a second or two for what must not happen. */
abstract class PatientSocketSuite {
    /** The bootstraps of the backend. */
    abstract SuiteTransport suite();

    @Nested
    class SocketAutoRead extends SocketAutoReadTest {
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
    class SocketExceptionHandling extends SocketExceptionHandlingTest {
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
    class SocketHalfClosed extends SocketHalfClosedTest {
        /** Holds the loop up, right behind a flush, until the peer has answered it. */
        @Override
        @Test
        public void testAutoCloseFalseDoesShutdownOutput(TestInfo test) throws Throwable {
            assumeFalse(
                    suite().putsFlushesOff(), "a flush goes with the next poll, as Netty's own do");
            super.testAutoCloseFalseDoesShutdownOutput(test);
        }

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
    class SocketReadPending extends SocketReadPendingTest {
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
    class SocketChannelNotYetConnected extends SocketChannelNotYetConnectedTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return suite().clientSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketShutdownOutputByPeer extends SocketShutdownOutputByPeerTest {
        @Override
        protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
            return suite().serverSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketConditionalWritability extends SocketConditionalWritabilityTest {
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
