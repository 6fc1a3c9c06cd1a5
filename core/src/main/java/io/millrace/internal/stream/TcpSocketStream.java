// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.net.TcpStream;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The one implementation of {@link TcpStream}. */
public final class TcpSocketStream extends SocketStream implements TcpStream {
    TcpSocketStream(Loop loop) {
        super(loop);
        options.noDelay(true);
    }

    public static TcpSocketStream open(Loop loop) {
        return opened(new TcpSocketStream(loop));
    }

    public static CompletionStage<TcpStream> connect(Loop loop, SocketAddress address) {
        TcpSocketStream stream = open(loop);
        return connected(stream, same -> stream.connect(address));
    }

    public static TcpSocketStream adopt(Loop loop, int descriptor) throws IoException {
        return adopted(new TcpSocketStream(loop), StandardProtocolFamily.INET, descriptor);
    }

    @Override
    public void bind(SocketAddress local) throws IoException {
        ensureOpen("bind");
        connection.bind(Connection.resolved(local));
    }

    @Override
    public CompletionStage<TcpStream> connect(SocketAddress address) {
        return connect(address, Duration.ZERO);
    }

    @Override
    public CompletionStage<TcpStream> connect(SocketAddress address, Duration deadline) {
        ensureOpen("connect");
        return connect((TcpStream) this, Connection.resolved(address), deadline);
    }
}
