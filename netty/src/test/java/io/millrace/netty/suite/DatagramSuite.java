// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.DatagramConnectNotExistsTest;
import io.netty.testsuite.transport.socket.DatagramConnectedWriteExceptionTest;
import io.netty.testsuite.transport.socket.DatagramUnicastIPv6MappedTest;
import io.netty.testsuite.transport.socket.DatagramUnicastIPv6Test;
import io.netty.testsuite.transport.socket.DatagramUnicastInetTest;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Netty's own tests of datagram sockets, on one backend. */
abstract class DatagramSuite {
    /** The bootstraps of the backend. */
    abstract SuiteTransport suite();

    @Nested
    class DatagramUnicastInet extends DatagramUnicastInetTest {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return suite().datagram(socketInternetProtocalFamily());
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class DatagramUnicastIPv6 extends DatagramUnicastIPv6Test {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return suite().datagram(socketInternetProtocalFamily());
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class DatagramUnicastIPv6Mapped extends DatagramUnicastIPv6MappedTest {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return suite().datagram(socketInternetProtocalFamily());
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class DatagramConnectNotExists extends DatagramConnectNotExistsTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return suite().datagramSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class DatagramConnectedWriteException extends DatagramConnectedWriteExceptionTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return suite().datagramSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }
}
