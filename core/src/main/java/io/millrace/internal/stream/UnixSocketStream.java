// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.net.PeerCredentials;
import io.millrace.net.UnixStream;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The one implementation of {@link UnixStream}. */
public final class UnixSocketStream extends SocketStream implements UnixStream {
    UnixSocketStream(Loop loop) {
        super(loop);
    }

    public static UnixSocketStream open(Loop loop) {
        return opened(new UnixSocketStream(loop));
    }

    public static CompletionStage<UnixStream> connect(Loop loop, SocketAddress address) {
        UnixSocketStream stream = open(loop);
        return connected(stream, same -> stream.connect(address));
    }

    public static UnixSocketStream adopt(Loop loop, int descriptor) throws IoException {
        return adopted(new UnixSocketStream(loop), descriptor);
    }

    @Override
    public CompletionStage<UnixStream> connect(SocketAddress address) {
        return connect(address, Duration.ZERO);
    }

    @Override
    public CompletionStage<UnixStream> connect(SocketAddress address, Duration deadline) {
        ensureOpen("connect");
        return connect((UnixStream) this, UnixAddress.checked(address), deadline);
    }

    @Override
    public PeerCredentials peerCredentials() throws IoException {
        loop().check("peerCredentials");
        return connection.peerCredentials();
    }
}
