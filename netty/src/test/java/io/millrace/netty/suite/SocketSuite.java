// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import io.netty.testsuite.transport.socket.SocketBufReleaseTest;
import io.netty.testsuite.transport.socket.SocketCancelWriteTest;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketConnectTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketMultipleConnectTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketRstTest;
import io.netty.testsuite.transport.socket.SocketShutdownOutputBySelfTest;
import io.netty.testsuite.transport.socket.SocketSpdyEchoTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import io.netty.testsuite.transport.socket.WriteBeforeRegisteredTest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Netty's own tests of stream sockets, on one backend. */
abstract class SocketSuite {
    /** The bootstraps of the backend. */
    abstract SuiteTransport suite();

    @Nested
    class SocketAddresses extends SocketAddressesTest {
        @Override
        protected void assertAddress(SocketAddress address) {
            assertTrue(((InetSocketAddress) address).getPort() > 0, address::toString);
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
    class SocketBufRelease extends SocketBufReleaseTest {
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
    class SocketCancelWrite extends SocketCancelWriteTest {
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
    class SocketCloseForcibly extends SocketCloseForciblyTest {
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
    class SocketConnect extends SocketConnectTest {
        @Override
        protected void enableTcpFastOpen(ServerBootstrap server, Bootstrap client) {
            server.option(ChannelOption.TCP_FASTOPEN, 5);
            client.option(ChannelOption.TCP_FASTOPEN_CONNECT, true);
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
    class SocketDataReadInitialState extends SocketDataReadInitialStateTest {
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
    class SocketEcho extends SocketEchoTest {
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
    class SocketFixedLengthEcho extends SocketFixedLengthEchoTest {
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
    class SocketMultipleConnect extends SocketMultipleConnectTest {
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
    class SocketObjectEcho extends SocketObjectEchoTest {
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
    class SocketRst extends SocketRstTest {
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
    class SocketSpdyEcho extends SocketSpdyEchoTest {
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
    class SocketStringEcho extends SocketStringEchoTest {
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
    class CompositeBufferGatheringWrite extends CompositeBufferGatheringWriteTest {
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
    class SocketShutdownOutputBySelf extends SocketShutdownOutputBySelfTest {
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
    class WriteBeforeRegistered extends WriteBeforeRegisteredTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return suite().clientSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }
}
