// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.BlockingFile;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.FileErrors;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawDatagrams;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawSockets;
import io.millrace.spi.reactor.RawStream;
import io.millrace.spi.reactor.RawWatch;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens channels, for one loop. */
final class NioSockets implements RawSockets {
    /**
     * As many segments as the loop gathers elsewhere, far below what any kernel takes (IOV_MAX is
     * 1024 or so): with 16 the cost of the call itself is already small beside its bytes.
     */
    private static final int MAXIMUM_GATHER = 16;

    /** Linux spreads connections over the listeners of a port; other systems favour one. */
    static final boolean BALANCED_REUSE_PORT =
            System.getProperty("os.name", "").startsWith("Linux");

    private static final Capabilities CAPABILITIES =
            Capabilities.NONE
                    .withBalancedReusePort(BALANCED_REUSE_PORT)
                    .withMaximumGather(MAXIMUM_GATHER);

    /** As much as a socket commonly takes at once. */
    private static final int FILE_BYTES = 64 << 10;

    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

    /**
     * For bytes on their way from a file to a socket. Made with the loop, so that lack of direct
     * memory stops no file.
     */
    private final ByteBuffer fileBytes = DirectMemory.allocate(FILE_BYTES);

    private final LossProbe lossProbe;
    private final NioDatagrams datagrams = new NioDatagrams();

    NioSockets(LossProbe lossProbe) {
        this.lossProbe = lossProbe;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public RawWatch watch(int descriptor) throws IoException {
        throw new UnsupportedOperationException(
                "java.nio has no descriptors; watch a SelectableChannel");
    }

    @Override
    public RawWatch watch(SelectableChannel channel) throws IoException {
        if (!channel.isOpen()) {
            throw IoException.of(Code.BAD_DESCRIPTOR, "watch", null);
        }
        return new NioWatch(channel);
    }

    @Override
    public RawListener listen(ListenSpec spec) throws IoException {
        if (spec.permissions() != null) {
            throw IoException.because(
                    Code.NOT_SUPPORTED,
                    "listen " + spec.address(),
                    "the JDK binds and listens in one step, between which permissions would have to"
                            + " be set; use another backend, or a directory that only those may"
                            + " enter who may connect");
        }
        try {
            ServerSocketChannel channel = ServerSocketChannel.open(familyOf(spec.address()));
            try {
                configure(channel, spec);
                channel.bind(spec.address(), spec.backlog());
                return new NioListener(channel);
            } catch (Throwable failure) {
                channel.close();
                throw failure;
            }
        } catch (IoException e) {
            throw e;
        } catch (IOException e) {
            int code = NioErrors.codeOf(e, Code.IO_ERROR);
            throw IoException.of(code, "listen", spec.address(), 0, e);
        } catch (UnsupportedOperationException e) {
            throw IoException.of(Code.FAMILY_NOT_SUPPORTED, "listen", spec.address(), 0, e);
        }
    }

    private static void configure(ServerSocketChannel channel, ListenSpec spec) throws IOException {
        channel.configureBlocking(false);
        if (spec.address() instanceof UnixDomainSocketAddress) {
            return;
        }
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, spec.reuseAddress());
        if (spec.reusePort()) {
            if (!channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                throw IoException.because(
                        Code.NOT_SUPPORTED, "listen", "this system has no SO_REUSEPORT");
            }
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        if (spec.receiveBufferBytes() > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, spec.receiveBufferBytes());
        }
        for (Map.Entry<PortOption, Integer> option : spec.options().entrySet()) {
            int result = NioOptions.set(channel, option.getKey(), option.getValue());
            String why =
                    result == Code.NOT_SUPPORTED
                            ? NioOptions.whyUnsupported(option.getKey())
                            : null;
            if (why != null) {
                throw IoException.because(result, "option " + option.getKey(), why);
            }
            if (result < 0) {
                throw IoException.of(result, "option " + option.getKey(), null);
            }
        }
    }

    /**
     * A channel without a family would be bound to IPv6 addresses too when asked for an IPv4 one.
     */
    private static ProtocolFamily familyOf(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            return StandardProtocolFamily.UNIX;
        }
        return address instanceof InetSocketAddress internet
                        && internet.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    @Override
    public RawDatagrams datagrams() {
        return datagrams;
    }

    @Override
    public RawStream stream(StandardProtocolFamily family) throws IoException {
        try {
            return streamOver(SocketChannel.open(family));
        } catch (IOException e) {
            throw IoException.of(NioErrors.codeOf(e, Code.IO_ERROR), "socket", null, 0, e);
        } catch (UnsupportedOperationException e) {
            throw IoException.of(Code.FAMILY_NOT_SUPPORTED, "socket", null, 0, e);
        }
    }

    @Override
    public RawStream adopt(Accepted connection) throws IoException {
        if (!(connection instanceof NioAccepted accepted)) {
            connection.close();
            throw IoException.because(
                    Code.INVALID_ARGUMENT,
                    "adopt",
                    "the nio backend cannot take over a connection that another backend accepted");
        }
        try {
            return streamOver(accepted.channel());
        } catch (IOException e) {
            throw IoException.of(NioErrors.codeOf(e, Code.IO_ERROR), "adopt", null, 0, e);
        }
    }

    private RawStream streamOver(SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            return new NioStream(channel, lossProbe, fileBytes);
        } catch (Throwable failure) {
            channel.close();
            throw failure;
        }
    }

    @Override
    public @Nullable String whyUnsupported(PortOption option) {
        return NioOptions.whyUnsupported(option);
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        try {
            return BlockingFile.open(path, READ);
        } catch (IOException failure) {
            throw IoException.of(FileErrors.codeOf(failure), "open " + path, null, 0, failure);
        }
    }
}
