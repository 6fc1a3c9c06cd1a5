// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.net.ByteStream;
import io.millrace.spi.Accepted;
import io.millrace.spi.Failures;
import io.millrace.spi.StreamPort;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream over a socket of the driver's, of whichever family: how it comes about. */
public abstract class SocketStream extends LoopStream {
    final SocketStreamOptions options = new SocketStreamOptions(this);

    SocketStream(Loop loop) {
        super(loop, true);
    }

    /** Makes it a handle of its loop. */
    static <S extends SocketStream> S opened(S stream) {
        stream.join();
        return stream;
    }

    /** The stream that comes about by a call on it, and closes if it does not. */
    static <T extends ByteStream> CompletionStage<T> connected(
            SocketStream stream, Function<SocketStream, CompletionStage<T>> connect) {
        try {
            LoopFuture<T> outcome = new LoopFuture<>(stream.loop());
            connect.apply(stream)
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

    /** Takes over a descriptor. On failure it stays the caller's. */
    static <S extends SocketStream> S adopted(S stream, StandardProtocolFamily kind, int descriptor)
            throws IoException {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        SocketStream made = stream;
        try {
            made.take(stream.loop().driver.streams().adopt(descriptor, kind, made.inbound));
        } catch (IoException failure) {
            throw Failures.named("adopt", null, failure);
        }
        return stream;
    }

    /** An accepted connection finds its loop. On failure it is closed. */
    static <S extends SocketStream> S adopted(
            Loop loop, Function<Loop, S> kind, Accepted connection) throws IoException {
        S stream;
        StreamPort port;
        try {
            stream = kind.apply(loop);
            port = loop.driver.streams().adopt(connection, ((SocketStream) stream).inbound);
        } catch (RuntimeException | Error failure) {
            connection.close();
            throw failure;
        }
        ((SocketStream) stream).take(port);
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

    /** Connects to what is an address of the stream's family. */
    final <T extends ByteStream> CompletionStage<T> connect(
            T self, SocketAddress address, Duration deadline) {
        if (Objects.requireNonNull(deadline, "deadline").isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
        return connection.connect(self, address, LoopTimer.nanos(deadline));
    }

    /** Receives no more. */
    public void shutdownInput() {
        ensureOpen("shutdownInput");
        StreamPort current = port;
        if (current == null) {
            throw new IllegalStateException(
                    "shutdownInput: " + this + " is not connected; connect first");
        }
        inbound.shutdown(current);
    }

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
