// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import io.millrace.spi.layer.StreamLayer;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link TlsStream}: what its user asks; its port does the work. */
final class TlsConnection extends StreamLayer implements TlsStream {
    private final ByteStream below;
    private final SSLEngine engine;
    private final TlsPort port;
    private @Nullable CompletionStage<TlsStream> handshake;

    private TlsConnection(ByteStream below, TlsContext context, SSLEngine engine) {
        super(below.loop());
        this.below = below;
        this.engine = engine;
        port = new TlsPort(this, below, context, engine, sink());
    }

    static TlsConnection begin(ByteStream below, TlsContext context, SSLEngine engine) {
        if (below.isClosing()) {
            throw new IllegalStateException("the stream below is closed: " + below);
        }
        TlsConnection made = new TlsConnection(below, context, engine);
        made.port.takeOver();
        made.handshake =
                made.begin(
                        (TlsStream) made,
                        made.port,
                        "handshake",
                        below.remoteAddress(),
                        context.handshakeTimeout());
        made.later();
        return made;
    }

    /** Over a stream that is connecting: if that fails, so does the handshake. */
    static CompletionStage<TlsStream> over(
            TcpStream below, SocketAddress address, TlsContext context, SSLEngine engine) {
        CompletionStage<TcpStream> connected;
        try {
            connected = below.connect(address);
        } catch (RuntimeException invalid) {
            below.close();
            throw invalid;
        }
        TlsConnection made = begin(below, context, engine);
        connected.whenComplete(
                (stream, failure) -> {
                    if (failure != null) {
                        made.port.connectFailed(failure);
                    }
                });
        CompletionStage<TlsStream> handshake = made.handshake();
        handshake.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        made.close();
                    }
                });
        return handshake;
    }

    @Override
    protected void runLater() {
        port.runLater();
    }

    /** A callback that is given this stream has thrown. */
    void thrown(Throwable failure) {
        guarded(
                () -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw failure instanceof RuntimeException unchecked
                            ? unchecked
                            : new IllegalStateException(failure);
                });
    }

    /** For the port. */
    void schedule() {
        later();
    }

    @Override
    protected IoException failure(
            String operation, int code, @Nullable SocketAddress peer, long bytesTransferred) {
        return port.describe(operation, code, peer, bytesTransferred);
    }

    @Override
    public CompletionStage<TlsStream> handshake() {
        check("handshake");
        return Objects.requireNonNull(handshake);
    }

    @Override
    public SSLSession session() {
        check("session");
        return engine.getSession();
    }

    @Override
    public @Nullable String applicationProtocol() {
        check("applicationProtocol");
        String agreed = engine.getApplicationProtocol();
        return agreed == null || agreed.isEmpty() ? null : agreed;
    }

    @Override
    public @Nullable String serverName() {
        return engine.getUseClientMode() ? null : SniNames.first(session());
    }

    @Override
    public List<Certificate> peerCertificates() {
        try {
            return List.of(session().getPeerCertificates());
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    @Override
    public ByteStream below() {
        return below;
    }
}
