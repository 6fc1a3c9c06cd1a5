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
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ShutdownChannelGroupException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server on channel groups of its own. A group of several threads stands for an acceptor with
 * several loops: its connections are not bound to threads.
 */
final class Nio2Server implements RunningServer {
    /** As in Millrace's default options. */
    private static final int BACKLOG = 4096;

    private static final long STOP_SECONDS = 10;

    private final Faults faults = new Faults();
    private final List<AsynchronousChannelGroup> groups = new ArrayList<>();
    private final Service service;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Nio2Server(Service service) {
        this.service = service;
    }

    /**
     * Starts.
     *
     * @param threads for each loop that others would have
     */
    static Nio2Server start(Service service, Accepting accepting, int threads) throws IOException {
        Nio2Server server = new Nio2Server(service);
        try {
            switch (accepting) {
                case ONE_LOOP -> server.listen(threads);
                case ACCEPTOR -> server.listen(Math.max(threads, Accepting.LOOPS));
                case LISTENER_PER_LOOP -> {
                    for (int i = 0; i < Accepting.LOOPS; i++) {
                        server.listen(Math.max(1, threads / Accepting.LOOPS));
                    }
                }
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
        for (AsynchronousChannelGroup group : groups) {
            group.shutdownNow();
            awaitEnd(group);
        }
        groups.clear();
        faults.check();
    }

    private void listen(int threads) throws IOException {
        AsynchronousChannelGroup group =
                AsynchronousChannelGroup.withFixedThreadPool(
                        threads, task -> new Thread(task, "java-nio2"));
        groups.add(group);
        AsynchronousServerSocketChannel listener = AsynchronousServerSocketChannel.open(group);
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (listener.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        listener.bind(address, BACKLOG);
        address = (InetSocketAddress) listener.getLocalAddress();
        listener.accept(null, new Listening(listener));
    }

    private final class Listening
            implements CompletionHandler<AsynchronousSocketChannel, @Nullable Void> {
        private final AsynchronousServerSocketChannel listener;

        Listening(AsynchronousServerSocketChannel listener) {
            this.listener = listener;
        }

        @Override
        public void completed(AsynchronousSocketChannel channel, @Nullable Void none) {
            listener.accept(null, this);
            try {
                serve(channel);
            } catch (IOException | RuntimeException e) {
                faults.report(e);
            }
        }

        @Override
        public void failed(Throwable failure, @Nullable Void none) {
            boolean closed =
                    failure instanceof ClosedChannelException
                            || failure instanceof ShutdownChannelGroupException;
            if (!closed) {
                faults.report(failure);
            }
        }
    }

    private void serve(AsynchronousSocketChannel channel) throws IOException {
        if (service == Service.CLOSE) {
            channel.close();
            return;
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Nio2Connection.serving(service, channel).opened();
    }

    private static void awaitEnd(AsynchronousChannelGroup group) throws IOException {
        try {
            if (!group.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the channel group did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
