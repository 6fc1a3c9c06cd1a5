// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.Wakeup;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.process.Pipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Two pipes for each connection, joined at either end. Nobody listens; they are handed over. */
final class PipeTransport implements Transport {
    private record Acceptor(EventLoop loop, ConnectionHandler<? super ByteStream> handler) {}

    private final Map<Object, Acceptor> acceptors = new HashMap<>();

    @Override
    public String name() {
        return "a pair of pipes";
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler) {
        Wakeup handle = Wakeup.open(loop);
        InetSocketAddress address =
                InetSocketAddress.createUnresolved("pipe", acceptors.size() + 1);
        acceptors.put(handle, new Acceptor(loop, handler));
        return new Listener(handle, address);
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        Acceptor acceptor = Objects.requireNonNull(acceptors.get(to.handle()));
        try {
            Pipe.Pair there = Pipe.open(acceptor.loop, loop);
            Pipe.Pair back = Pipe.open(loop, acceptor.loop);
            Pipe client = Pipe.join(back.source(), there.sink());
            Pipe server = Pipe.join(there.source(), back.sink());
            acceptor.loop.execute(() -> acceptor.handler.onConnection(server));
            CompletableFuture<ByteStream> connected = new CompletableFuture<>();
            loop.execute(() -> connected.complete(client));
            return new Connecting(client, connected);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A pipe has neither a reset nor addresses, and is there at once. */
    @Override
    public boolean has(Ability ability) {
        return ability == Ability.WRITE_AFTER_END;
    }
}
