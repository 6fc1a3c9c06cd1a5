// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Accepted;
import io.millrace.spi.Failures;
import io.millrace.spi.StreamPort;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link TcpStream}. */
public final class SocketStream extends LoopStream implements TcpStream {
    final SocketStreamOptions options = new SocketStreamOptions(this);

    private SocketStream(Loop loop) {
        super(loop, true);
        options.noDelay(true);
    }

    public static SocketStream open(Loop loop) {
        SocketStream stream = new SocketStream(loop);
        stream.join();
        return stream;
    }

    public static CompletionStage<TcpStream> connect(Loop loop, SocketAddress address) {
        SocketStream stream = open(loop);
        try {
            LoopFuture<TcpStream> outcome = new LoopFuture<>(loop);
            stream.connect(address)
                    .whenComplete(
                            (connected, failure) -> {
                                if (failure != null) {
                                    stream.close();
                                }
                                outcome.end(connected, failure);
                            });
            return outcome;
        } catch (RuntimeException invalid) {
            stream.close();
            throw invalid;
        }
    }

    public static SocketStream adopt(Loop loop, int descriptor) throws IoException {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        SocketStream stream = new SocketStream(loop);
        try {
            stream.take(loop.driver.streams().adopt(descriptor, stream.inbound));
        } catch (IoException failure) {
            throw Failures.named("adopt", null, failure);
        }
        return stream;
    }

    /** An accepted connection finds its loop. On failure it is closed. */
    static SocketStream adopt(Loop loop, Accepted connection) throws IoException {
        SocketStream stream;
        StreamPort adopted;
        try {
            stream = new SocketStream(loop);
            adopted = loop.driver.streams().adopt(connection, stream.inbound);
        } catch (RuntimeException | Error failure) {
            connection.close();
            throw failure;
        }
        stream.take(adopted);
        return stream;
    }

    private void take(StreamPort adopted) {
        try {
            connection.adopt(adopted);
            join();
        } catch (RuntimeException | Error failure) {
            port = null;
            adopted.close();
            throw failure;
        }
    }

    @Override
    public CompletionStage<TcpStream> connect(SocketAddress address) {
        return connect(address, Duration.ZERO);
    }

    @Override
    public CompletionStage<TcpStream> connect(SocketAddress address, Duration deadline) {
        ensureOpen("connect");
        InetSocketAddress resolved = Connection.resolved(address);
        if (Objects.requireNonNull(deadline, "deadline").isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
        return connection.connect((TcpStream) this, resolved, LoopTimer.nanos(deadline));
    }

    @Override
    public SocketStreamOptions options() {
        return options;
    }

    @Override
    int applyOptions(StreamPort newPort) {
        return options.applyTo(newPort);
    }

    @Override
    @Nullable IoException refusalOfOptions() {
        return options.refusal();
    }
}
