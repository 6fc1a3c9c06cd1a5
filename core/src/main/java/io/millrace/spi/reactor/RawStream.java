// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Non-blocking calls on one stream socket: bytes, 0, or a negative {@link io.millrace.spi.Code}. No
 * policy; EINTR is retried inside.
 */
public abstract class RawStream extends RawSocket {
    /**
     * The most that one {@link #sendFile} should be given. A fast reader can drain the socket while
     * the call fills it, which would otherwise keep the loop inside for the length of the file.
     */
    public static final int FILE_BYTES_PER_CALL = 1 << 20;

    /** The kernel still needs the memory. */
    public static final int NO_NOTICE = 0;

    /** It does not, and has sent the bytes from there. */
    public static final int SENT_IN_PLACE = 1;

    /** It does not, but has made a copy: nothing was gained. */
    public static final int SENT_A_COPY = 2;

    protected RawStream() {}

    /** See {@link io.millrace.spi.StreamPort#bind}. */
    public int bind(SocketAddress local) {
        return Code.NOT_SUPPORTED;
    }

    /** {@code OK}, {@code IN_PROGRESS}, or why not; {@code WOULD_BLOCK} if it may be repeated. */
    public abstract int connect(SocketAddress to);

    /** After write readiness: {@code OK}, {@code IN_PROGRESS} if it was too early, or why not. */
    public abstract int finishConnect();

    /**
     * Bytes put at the chunk's beginning, {@code END_OF_STREAM}, {@code WOULD_BLOCK}, or why not.
     */
    public abstract int receive(PoolChunk into);

    /** The same into a direct buffer, from position to limit, which stay as they are. */
    public abstract int receive(ByteBuffer into);

    /** Bytes taken, at least 1; {@code WOULD_BLOCK}; or why not. */
    public abstract int send(Gather from);

    /**
     * Prepares the socket for {@link #sendInPlace}: {@code OK}, or why it cannot be had. Once is
     * enough, and more does no harm.
     */
    public int allowInPlace() {
        return Code.NOT_SUPPORTED;
    }

    /**
     * As {@link #send}, but the memory is the kernel's until {@link #takeNotice} says otherwise.
     * Not before that of the last one. {@code NO_CHUNKS} if the kernel lacks what it takes to keep
     * track of it.
     */
    public int sendInPlace(Gather from) {
        return Code.NOT_SUPPORTED;
    }

    /**
     * Whether the kernel does not need the memory of the last {@link #sendInPlace} any more: {@link
     * #NO_NOTICE}, {@link #SENT_IN_PLACE} or {@link #SENT_A_COPY}. Unless it is the notice that is
     * found, nothing is left where notices are.
     */
    public int takeNotice() {
        return NO_NOTICE;
    }

    /** Resets the connection and keeps the descriptor, so that the kernel lets go of memory. */
    public void reset() {}

    /**
     * Bytes taken, at least 1; {@code END_OF_STREAM} if the file is shorter; {@code WOULD_BLOCK} …
     */
    public abstract int sendFile(OpenFile file, long position, long count);

    public abstract int shutdownOutput();

    /** See {@link io.millrace.spi.StreamPort#shutdownInput}. */
    public int shutdownInput() {
        return Code.NOT_SUPPORTED;
    }

    /**
     * Whether a receive that fills less than it was given has taken everything there was. Not so of
     * a Unix-domain socket: a receive ends behind the byte that descriptors were passed with.
     */
    public boolean shortReceiveIsAll() {
        return true;
    }

    /** One byte with descriptors: 1, {@code WOULD_BLOCK}, or why not. */
    public int sendDescriptors(byte carrier, int[] descriptors) {
        return Code.NOT_SUPPORTED;
    }

    /** See {@link io.millrace.spi.StreamPort#takeDescriptors}. */
    public void takeDescriptors() {
        throw new UnsupportedOperationException("these sockets pass no descriptors");
    }

    /** What came with the last receive, the caller's from now on; or null. */
    public @Nullable Passed passed() {
        return null;
    }

    /**
     * The connection without the poller, which has removed it. Nothing may follow but a {@code
     * close}, which then does nothing; if it throws, the connection is still this socket's.
     */
    public Accepted release() {
        throw new UnsupportedOperationException("these sockets stay with their poller");
    }

    /** See {@link io.millrace.spi.StreamPort#peerCredentials}. */
    public int peerCredentials(int[] into) {
        return Code.NOT_SUPPORTED;
    }

    public abstract @Nullable SocketAddress remoteAddress();
}
