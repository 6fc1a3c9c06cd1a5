// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.millrace.Chunk;
import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Whatever a client sends, at once or after a handshake, in pieces of whatever size, and however it
 * leaves: its connection ends once, with a failure that has a name or because nothing more came,
 * nobody is given a byte, and nothing is left of it.
 *
 * <p>Bytes that were there beforehand are no whole handshake and no record of one: either would
 * have to be computed from what the ends draw by lot.
 */
public final class TlsServerFuzz {
    private static final int MOST_PIECE = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<ErrorCode> REASONS =
            Set.of(
                    ErrorCode.EPROTO,
                    ErrorCode.ECONNABORTED,
                    ErrorCode.ECONNRESET,
                    ErrorCode.EPIPE,
                    ErrorCode.ETIMEDOUT);
    private static final Identity SERVER = CertificateMaker.selfSigned(List.of("localhost"));

    /** It asks for certificates, so that it reads a client's as well. */
    private static final TlsContext CONTEXT =
            built(
                    TlsContext.builder()
                            .identity(SERVER.key(), SERVER.chain())
                            .clientCertificates(ClientCertificates.WANTED)
                            .applicationProtocols("h2"));

    private static final TlsContext CLIENT_1_3 = built(TlsContext.builder().protocols("TLSv1.3"));
    private static final TlsContext CLIENT_1_2 = built(TlsContext.builder().protocols("TLSv1.2"));

    /** What comes before the bytes. */
    private enum Opening {
        NOTHING,
        TLS_1_3,
        TLS_1_2
    }

    /** What a client does that has sent everything. */
    private enum Leaving {
        CLOSE,
        /** Says that it has ended, and reads what comes. */
        END,
        RESET,
        /** Waits for the server to do something. */
        STAY
    }

    private final SimWorld world = new SimWorld(1, FaultProfile.NONE);
    private final List<Throwable> uncaught = new ArrayList<>();
    private final List<Object> told = new ArrayList<>();
    private final Opening opening;
    private final byte[] bytes;
    private final int piece;
    private final Leaving leaving;
    private @Nullable ByteStream speaker;
    private int endsThatHaveShaken;
    private int sent;
    private int handshakesEnded;
    private @Nullable Throwable refusal;
    private int closed;

    private TlsServerFuzz(Opening opening, byte[] bytes, int piece, Leaving leaving) {
        this.opening = opening;
        this.bytes = bytes;
        this.piece = piece;
        this.leaving = leaving;
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IoException {
        Boundary boundary = data.pickValue(Boundary.values());
        Leaving leaving = data.pickValue(Leaving.values());
        Opening opening = data.pickValue(Opening.values());
        int piece = data.consumeInt(1, MOST_PIECE);
        new TlsServerFuzz(opening, data.consumeRemainingAsBytes(), piece, leaving).play(boundary);
    }

    private static TlsContext built(TlsContext.Builder builder) {
        try {
            return builder.trust(SERVER.chain()).tasksInline(true).build();
        } catch (IoException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    private void play(Boundary boundary) throws IoException {
        EventLoop loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, boundary))
                                .clock(world::nanoTime)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
        TcpServer listener =
                TcpServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        this::serve);
        TcpStream below = TcpStream.open(loop);
        CompletionStage<TcpStream> connected = below.connect(listener.localAddress());
        ByteStream client = below;
        if (opening == Opening.NOTHING) {
            connected.thenAccept(this::say);
        } else {
            TlsContext context = opening == Opening.TLS_1_3 ? CLIENT_1_3 : CLIENT_1_2;
            TlsStream over = TlsStream.client(below, context, "localhost", 443);
            speaker = below;
            over.handshake().thenAccept(done -> endHasShaken());
            client = over;
        }
        client.onWriteFailure((stream, failure) -> {});
        client.read((stream, chunk) -> {});
        client.onClosed(listener::close);
        loop.run();
        loop.walk(handle -> told.add(handle + " is open"));
        check(loop.describe());
        loop.close();
    }

    /** A reset before the server is done as well would take the end of the handshake with it. */
    private void endHasShaken() {
        if (++endsThatHaveShaken == 2) {
            say(Objects.requireNonNull(speaker));
        }
    }

    /** Goes on when what it said before is on its way, so that the server sees each piece. */
    private void say(ByteStream stream) {
        int count = Math.min(piece, bytes.length - sent);
        if (count > 0) {
            int from = sent;
            sent += count;
            stream.write(bytes, from, count, this::said);
            return;
        }
        switch (leaving) {
            case CLOSE -> stream.close();
            case END -> stream.shutdown();
            case RESET -> stream.closeReset();
            case STAY -> {}
        }
    }

    private void said(ByteStream stream, @Nullable IoException failure) {
        if (failure != null) {
            stream.close();
        } else if (!stream.isClosing() && stream.isWritable()) {
            // Else an alert has made the client's end over it say its last word.
            say(stream);
        }
    }

    private void serve(TcpStream accepted) {
        TlsStream stream = TlsStream.server(accepted, CONTEXT);
        stream.onClosed(() -> closed++);
        stream.onWriteFailure((from, failure) -> {});
        stream.readTimeout(
                PATIENCE,
                from -> {
                    told.add(PATIENCE);
                    from.close();
                });
        stream.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream from, Chunk chunk) {
                        told.add(chunk.length() + " bytes");
                    }

                    @Override
                    public void onEnd(ByteStream from) {
                        told.add("an end");
                        from.close();
                    }

                    @Override
                    public void onFailure(ByteStream from, IoException failure) {
                        told.add(failure);
                        from.close();
                    }
                });
        stream.handshake()
                .whenComplete(
                        (done, failure) -> {
                            handshakesEnded++;
                            if (failure != null) {
                                refusal = failure;
                                stream.close();
                            } else {
                                endHasShaken();
                            }
                        });
    }

    private void check(String left) {
        if (!uncaught.isEmpty()) {
            throw new AssertionError("thrown out of the loop: " + uncaught, uncaught.get(0));
        }
        expect(handshakesEnded == 1, handshakesEnded + " outcomes of one handshake");
        if (opening == Opening.NOTHING) {
            expect(hasName(refusal), "the handshake ended with " + refusal);
            expect(told.isEmpty(), "after a failed handshake: " + told);
        } else {
            expect(refusal == null, "the handshake ended with " + refusal);
            expect(told.size() == 1, "no single end: " + told);
            Object end = told.get(0);
            expect(
                    hasName(end) || (leaving == Leaving.STAY && end == PATIENCE),
                    "the connection ended with " + end);
        }
        expect(closed == 1, "closed " + closed + " times");
        expect(world.openSockets() == 0, "sockets are open:\n" + left);
        expect(left.contains(", 0 on loan,"), "chunks are on loan:\n" + left);
    }

    private static boolean hasName(@Nullable Object end) {
        return end instanceof IoException failure && REASONS.contains(failure.errorCode());
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
