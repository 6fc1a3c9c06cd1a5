// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.UncaughtHandler;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/** An example's handler, served on loops of its own; what its callbacks throw is kept. */
final class Serving implements AutoCloseable {
    private static final long HANG_SECONDS = 30;

    private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup group;
    private final InetSocketAddress address;

    /** On the backend that the choice falls on here. */
    Serving(int loops, ConnectionHandler<? super TcpStream> handler) throws IOException {
        this("auto", loops, handler);
    }

    Serving(String backend, int loops, ConnectionHandler<? super TcpStream> handler)
            throws IOException {
        UncaughtHandler uncaught = (handle, failure) -> thrown.add(failure);
        LoopOptions options =
                LoopOptions.builder().backend(backend).uncaughtHandler(uncaught).build();
        group = EventLoopGroup.open(loops, options);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        address =
                (InetSocketAddress)
                        TcpServer.listen(group, any, ServerOptions.DEFAULT, handler)
                                .get(0)
                                .localAddress();
    }

    /** All backends that can serve here. */
    static List<String> backends() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name)
                .toList();
    }

    int port() {
        return address.getPort();
    }

    InetSocketAddress address() {
        return address;
    }

    Client connect() throws IOException {
        return new Client(address);
    }

    /** The sum of all write queues of the first loop. */
    long queuedBytes() throws Exception {
        return sumOverStreams(ByteStream::writeQueueSize);
    }

    /** How many connections the first loop has. */
    long connections() throws Exception {
        return sumOverStreams(stream -> 1);
    }

    private long sumOverStreams(ToLongFunction<ByteStream> value) throws Exception {
        EventLoop loop = group.loops().get(0);
        CompletableFuture<Long> sum = new CompletableFuture<>();
        loop.execute(
                () -> {
                    LongAdder adder = new LongAdder();
                    loop.walk(
                            handle -> {
                                if (handle instanceof ByteStream stream) {
                                    adder.add(value.applyAsLong(stream));
                                }
                            });
                    sum.complete(adder.sum());
                });
        return sum.get(HANG_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        group.close();
        if (!thrown.isEmpty()) {
            throw new AssertionError("callbacks have thrown " + thrown, thrown.peek());
        }
    }
}
