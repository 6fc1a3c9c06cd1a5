// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.millrace;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A server on loops of its own. */
final class MillraceServer implements RunningServer {
    private final Faults faults = new Faults();

    /** In the order in which to close them. */
    private final Deque<EventLoopGroup> groups = new ArrayDeque<>();

    private final LoopOptions options;
    private final ConnectionHandler<? super TcpStream> handler;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private MillraceServer(String backend, ConnectionHandler<? super TcpStream> handler) {
        this.handler = handler;
        options =
                LoopOptions.builder()
                        .backend(backend)
                        .uncaughtHandler((handle, failure) -> faults.report(failure))
                        .build();
    }

    static MillraceServer start(
            String backend, ConnectionHandler<? super TcpStream> handler, Accepting accepting)
            throws IOException {
        MillraceServer server = new MillraceServer(backend, handler);
        try {
            server.listen(accepting);
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
        while (!groups.isEmpty()) {
            groups.remove().close();
        }
        faults.check();
    }

    private void listen(Accepting accepting) throws IOException {
        switch (accepting) {
            case ONE_LOOP -> listen(open(1), ServerOptions.DEFAULT);
            case ACCEPTOR -> {
                EventLoopGroup loops = open(Accepting.LOOPS);
                listen(open(1), ServerOptions.builder().handTo(loops).build());
            }
            case LISTENER_PER_LOOP -> {
                EventLoopGroup loops = open(Accepting.LOOPS);
                var listeners = TcpServer.listen(loops, address, ServerOptions.DEFAULT, handler);
                for (TcpServer each : listeners) {
                    listening(each);
                }
            }
        }
    }

    /** Groups that accept are closed before those they hand connections to. */
    private EventLoopGroup open(int size) throws IOException {
        EventLoopGroup group = EventLoopGroup.open(size, options);
        groups.addFirst(group);
        return group;
    }

    private void listen(EventLoopGroup group, ServerOptions serverOptions) throws IOException {
        EventLoop loop = group.next();
        await(
                loop,
                () -> {
                    try {
                        listening(TcpServer.listen(loop, address, serverOptions, handler));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private void listening(TcpServer listener) {
        await(
                listener.loop(),
                () -> {
                    address = (InetSocketAddress) listener.localAddress();
                    listener.onAcceptError((server, failure) -> faults.report(failure));
                });
    }

    private static void await(EventLoop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
            return;
        }
        try {
            CompletableFuture.runAsync(task, loop::execute).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
