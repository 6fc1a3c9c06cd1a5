// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A server on selector loops of its own. */
final class NioServer implements RunningServer {
    /** As in Millrace's default options. */
    private static final int BACKLOG = 4096;

    private final Faults faults = new Faults();
    private final List<NioLoop> loops = new ArrayList<>();
    private final Service service;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private NioServer(Service service) {
        this.service = service;
    }

    static NioServer start(Service service, Accepting accepting) throws IOException {
        NioServer server = new NioServer(service);
        try {
            server.listen(accepting);
            for (NioLoop loop : server.loops) {
                loop.start();
            }
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void check() throws IOException {
        faults.check();
    }

    @Override
    public void close() throws IOException {
        for (NioLoop loop : loops) {
            loop.close();
        }
        loops.clear();
        faults.check();
    }

    private void listen(Accepting accepting) throws IOException {
        switch (accepting) {
            case ONE_LOOP -> {
                NioLoop loop = open();
                loop.listen(bind(), List.of(loop));
            }
            case ACCEPTOR -> {
                NioLoop acceptor = open();
                List<NioLoop> targets = new ArrayList<>();
                for (int i = 0; i < Accepting.LOOPS; i++) {
                    targets.add(open());
                }
                acceptor.listen(bind(), targets);
            }
            case LISTENER_PER_LOOP -> {
                for (int i = 0; i < Accepting.LOOPS; i++) {
                    NioLoop loop = open();
                    loop.listen(bind(), List.of(loop));
                }
            }
        }
    }

    private NioLoop open() throws IOException {
        NioLoop loop = new NioLoop(service, faults);
        loops.add(loop);
        return loop;
    }

    private ServerSocketChannel bind() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (listener.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            listener.bind(address, BACKLOG);
            address = (InetSocketAddress) listener.getLocalAddress();
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }
}
