// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.AbstractSocketReuseFdTest;
import io.netty.testsuite.transport.socket.AbstractSocketShutdownOutputByPeerTest;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Nested;

/**
 * Netty's own tests of Unix-domain sockets, on one backend: those of stream sockets with addresses
 * of that kind, the same as Netty's native transports have.
 */
abstract class DomainSuite {
    /** The bootstraps of the backend. */
    abstract SuiteTransport suite();

    @Nested
    class SocketAddresses extends SocketAddressesTest {
        @Override
        protected void assertAddress(SocketAddress address) {
            assertNotNull(((DomainSocketAddress) address).path());
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketDataReadInitialState extends SocketDataReadInitialStateTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketEcho extends SocketEchoTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketFixedLengthEcho extends SocketFixedLengthEchoTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketObjectEcho extends SocketObjectEchoTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketStringEcho extends SocketStringEchoTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketFileRegion extends SocketFileRegionTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketGatheringWrite extends SocketGatheringWriteTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketReuseFd extends AbstractSocketReuseFdTest {
        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return suite().domainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }

    @Nested
    class SocketShutdownOutputByPeer extends AbstractSocketShutdownOutputByPeerTest<SocketChannel> {
        @Override
        protected SocketChannel newSocket() {
            try {
                return SocketChannel.open(StandardProtocolFamily.UNIX);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        protected void connect(SocketChannel socket, SocketAddress address) throws IOException {
            String path = ((DomainSocketAddress) address).path();
            socket.connect(UnixDomainSocketAddress.of(path));
        }

        @Override
        protected void write(SocketChannel socket, int data) throws IOException {
            socket.write(ByteBuffer.wrap(new byte[] {(byte) data}));
        }

        @Override
        protected void shutdownOutput(SocketChannel socket) throws IOException {
            socket.shutdownOutput();
        }

        @Override
        protected void close(SocketChannel socket) throws IOException {
            socket.close();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return SuiteTransport.newDomainSocketAddress();
        }

        @Override
        protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
            return suite().serverDomainSocket();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return SuiteTransport.allocators();
        }
    }
}
