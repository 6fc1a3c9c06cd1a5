// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import io.millrace.LoopOptions;
import io.millrace.netty.BackendsHere;
import io.millrace.netty.MillraceDatagramChannel;
import io.millrace.netty.MillraceTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.testsuite.transport.TestsuitePermutation;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketTestPermutation;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bootstraps that Netty's tests are run with: the transport as the server, as the client, and
 * as both, against Netty's own nio.
 */
final class SuiteTransport extends SocketTestPermutation {
    private static final Map<String, SuiteTransport> OPEN = new ConcurrentHashMap<>();

    private static final boolean ALL = Boolean.getBoolean("millrace.netty.all");
    private static final int LOOPS = 2;

    private final MillraceTransport transport;

    /** Whether Netty's nio takes part even if not everything is to run. */
    private final boolean withOthers;

    private final boolean isRing;

    private SuiteTransport(String backend) {
        isRing = backend.equals("io_uring");
        withOthers = isRing;
        LoopOptions options = LoopOptions.builder().backend(backend).build();
        transport = MillraceTransport.open(LOOPS, options);
    }

    /**
     * The one of a backend, for all its tests, which are skipped if it cannot run here. Its threads
     * are daemons of the test run.
     */
    static SuiteTransport of(String backend) {
        BackendsHere.provider(backend);
        return OPEN.computeIfAbsent(backend, SuiteTransport::new);
    }

    /** Whether a flush may reach the kernel only with the loop's next poll. */
    boolean putsFlushesOff() {
        return isRing;
    }

    @Override
    public List<BootstrapFactory<ServerBootstrap>> serverSocket() {
        return List.of(transport::serverBootstrap);
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocket() {
        return List.of(transport::bootstrap);
    }

    @Override
    public List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> socket() {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> all = new ArrayList<>();
        all.addAll(combinations(serverSocket(), clientSocket()));
        if (withOthers || ALL) {
            all.addAll(combinations(serverSocket(), super.clientSocket()));
            all.addAll(combinations(super.serverSocket(), clientSocket()));
        }
        return all;
    }

    List<BootstrapFactory<ServerBootstrap>> serverDomainSocket() {
        return List.of(
                () ->
                        new ServerBootstrap()
                                .group(transport.group())
                                .channel(transport.serverDomainSocketChannel()));
    }

    /** Unix-domain servers and clients. */
    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> domainSocket() {
        List<BootstrapFactory<Bootstrap>> clients =
                List.of(
                        () ->
                                new Bootstrap()
                                        .group(transport.group())
                                        .channel(transport.domainSocketChannel()));
        return combinations(serverDomainSocket(), clients);
    }

    /**
     * A path where nothing is, in Netty's kind of addresses. What is left of it goes at the end.
     */
    static DomainSocketAddress newDomainSocketAddress() {
        try {
            File file = File.createTempFile("millrace", ".sock");
            Files.delete(file.toPath());
            file.deleteOnExit();
            return new DomainSocketAddress(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> datagramSocket() {
        return List.of(
                () ->
                        new Bootstrap()
                                .group(transport.group())
                                .channel(transport.datagramChannel()));
    }

    @Override
    public List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagram(SocketProtocolFamily family) {
        List<BootstrapFactory<Bootstrap>> ours = List.of(() -> datagramBootstrap(family));
        List<BootstrapComboFactory<Bootstrap, Bootstrap>> all = new ArrayList<>(combo(ours, ours));
        if (withOthers || ALL) {
            List<BootstrapFactory<Bootstrap>> others =
                    List.of(() -> super.datagram(family).get(0).newClientInstance());
            all.addAll(combo(ours, others));
            all.addAll(combo(others, ours));
        }
        return all;
    }

    private Bootstrap datagramBootstrap(SocketProtocolFamily family) {
        return new Bootstrap()
                .group(transport.group())
                .channelFactory(() -> new MillraceDatagramChannel(family));
    }

    private static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combinations(
            List<BootstrapFactory<ServerBootstrap>> servers,
            List<BootstrapFactory<Bootstrap>> clients) {
        return List.of(
                new BootstrapComboFactory<>() {
                    @Override
                    public ServerBootstrap newServerInstance() {
                        return servers.get(0).newInstance();
                    }

                    @Override
                    public Bootstrap newClientInstance() {
                        return clients.get(0).newInstance();
                    }
                });
    }

    /** Both of Netty's allocators if everything is to run, or else the default one. */
    static List<ByteBufAllocator> allocators() {
        List<ByteBufAllocator> all = TestsuitePermutation.allocator();
        return ALL ? all : all.subList(1, 2);
    }
}
