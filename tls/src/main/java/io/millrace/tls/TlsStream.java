// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes that is encrypted on its way, over any other stream. What holds of every {@link
 * ByteStream} holds of this one; it connects while the handshake lasts.
 *
 * <p>The stream below belongs to this one from the moment it is made: its callbacks, reads, writes,
 * time-outs and its close are this one's affair. A write has ended when the kernel has the records
 * that carry it, and watermarks count what the user wrote and not what it became.
 *
 * <ul>
 *   <li>The end of the stream is the peer's {@code close_notify}. Without it the stream was cut,
 *       perhaps by a third party: that is a failure, {@code ECONNABORTED}, and not an end.
 *   <li>{@link #shutdown} sends {@code close_notify}; reading goes on. TLS 1.2 has no such
 *       half-close: when the peer has sent its own, nothing more can be written.
 *   <li>{@link #close} sends {@code close_notify} if nothing that was written is left unsent, and
 *       does not wait for the peer's.
 *   <li>{@link #tryWrite} may take up to one record more than the kernel has room for.
 *   <li>A failed handshake is a failure of {@link #handshake}; the peer is told by an alert, and
 *       the stream below closes. As after a failed connect this one stays open, without a socket.
 * </ul>
 *
 * <p>Neither its text nor a failure contains anything that was sent or received. Loop thread only.
 */
public sealed interface TlsStream extends ByteStream permits TlsConnection {
    /**
     * Begins a handshake as the client of {@code peer}.
     *
     * @param below connected or connecting; with nothing queued that is not for the peer to read
     *     before the handshake. Bytes that its handler was given are not seen again.
     * @param host whom the peer's certificate must name, and who is asked for by SNI unless it is
     *     an address
     * @param port of the peer, which with the host says whose session may be resumed
     */
    static TlsStream client(ByteStream below, TlsContext context, String host, int port) {
        Objects.requireNonNull(below, "below");
        return TlsConnection.begin(
                below, context, context.clientEngine(Objects.requireNonNull(host, "host"), port));
    }

    /**
     * Awaits a handshake as the server: of a connection that was accepted just now, or of one on
     * which another protocol has agreed to go on so, such as STARTTLS. What the client had sent
     * before it was asked to, and was received before this call, is no part of it.
     *
     * @param below as in {@link #client}
     */
    static TlsStream server(ByteStream below, TlsContext context) {
        Objects.requireNonNull(below, "below");
        return TlsConnection.begin(below, context, context.serverEngine());
    }

    /**
     * Connects by TCP and begins a handshake, which the time for it includes.
     *
     * @return the stream after its handshake, or an {@link IoException}; then the stream is closed
     * @see #client
     */
    static CompletionStage<TlsStream> connect(
            EventLoop loop, SocketAddress address, TlsContext context, String host, int port) {
        SSLEngine engine = context.clientEngine(Objects.requireNonNull(host, "host"), port);
        return TlsConnection.over(TcpStream.open(loop), address, context, engine);
    }

    /**
     * Ends with this stream when the handshake is over, or with an {@link IoException}: {@code
     * EPROTO} if one of the ends has refused it, with the reason and the engine's exception as its
     * cause.
     */
    CompletionStage<TlsStream> handshake();

    /**
     * The protocol, the cipher, and what both ends know of each other; of a session without a
     * cipher before the handshake is over.
     */
    SSLSession session();

    /** What ALPN has agreed on; null if nothing, or not yet. */
    @Nullable String applicationProtocol();

    /** Whom the client has asked for by SNI; null if nobody, or not yet. Of a server. */
    @Nullable String serverName();

    /** The peer's certificate and those that vouch for it; empty if it has shown none. */
    List<Certificate> peerCertificates();

    /** The stream that carries this one. */
    ByteStream below();
}
