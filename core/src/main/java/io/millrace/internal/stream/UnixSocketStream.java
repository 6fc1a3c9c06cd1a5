// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.net.DescriptorHandler;
import io.millrace.net.PeerCredentials;
import io.millrace.net.UnixStream;
import io.millrace.net.WriteCallback;
import io.millrace.spi.StreamPort;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link UnixStream}. */
public final class UnixSocketStream extends SocketStream implements UnixStream {
    /** SCM_MAX_FD of Linux. */
    private static final int MOST_DESCRIPTORS = 253;

    /** What a bind has made. */
    private @Nullable UnixFile file;

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
        return adopted(new UnixSocketStream(loop), StandardProtocolFamily.UNIX, descriptor);
    }

    @Override
    public void bind(SocketAddress local) throws IoException {
        ensureOpen("bind");
        connection.bind(UnixAddress.checked(local));
        if (local instanceof UnixDomainSocketAddress path) {
            file = new UnixFile(path);
            file.bound();
        }
    }

    @Override
    void socketIsToClose() {
        UnixFile made = file;
        file = null;
        if (made != null) {
            made.release();
        }
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
    public boolean write(ByteBuffer buffer, int[] descriptors, @Nullable WriteCallback callback) {
        ensureWritable();
        ensurePassing();
        if (descriptors.length < 1 || descriptors.length > MOST_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "1 to " + MOST_DESCRIPTORS + " descriptors go at once: " + descriptors.length);
        }
        for (int descriptor : descriptors) {
            if (descriptor < 0) {
                throw new IllegalArgumentException("not a descriptor: " + descriptor);
            }
        }
        if (!buffer.hasRemaining()) {
            throw new IllegalArgumentException("descriptors go with at least one byte");
        }
        int bytes = buffer.remaining();
        outbound.ensureRoom(bytes, loop().isToBeCopied(buffer) ? bytes : 1, 2);
        return outbound.write(buffer, descriptors.clone(), callback);
    }

    @Override
    public void onDescriptors(DescriptorHandler handler) {
        ensureOpen("onDescriptors");
        Objects.requireNonNull(handler, "handler");
        ensurePassing();
        StreamPort current = port;
        if (current == null || inbound.hasBegun()) {
            throw new IllegalStateException(
                    "onDescriptors: "
                            + this
                            + (current == null
                                    ? " is not connected yet"
                                    : " was read from already; call it before the first read"));
        }
        current.takeDescriptors();
        inbound.deliverDescriptorsTo(new DescriptorInbox(this, handler));
    }

    private void ensurePassing() {
        if (!loop().capabilities.descriptorPassing()) {
            throw new UnsupportedOperationException(
                    "backend "
                            + loop().backend().name()
                            + " passes no descriptors here: that takes Linux, and a backend with"
                            + " descriptors");
        }
    }

    @Override
    public PeerCredentials peerCredentials() throws IoException {
        loop().check("peerCredentials");
        return connection.peerCredentials();
    }
}
