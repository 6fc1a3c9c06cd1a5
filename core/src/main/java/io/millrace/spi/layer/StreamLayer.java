// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.layer;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.internal.stream.LoopStream;
import io.millrace.net.ByteStream;
import io.millrace.spi.StreamPort;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is built on another one: what it adds stands at the boundary at which drivers
 * stand, as a {@link StreamPort}, and everything that {@link ByteStream} promises is core's.
 *
 * <p>A subclass is made with a port of its own, which reports to {@link #sink}, and calls {@link
 * #begin} once. For the port hold the promises of a driver that the package {@link io.millrace.spi}
 * lists, except that it calls its sink from callbacks of the stream below and from {@link
 * #runLater}, where a driver does so from its poll. It is called no more after it has reported
 * {@code onClosed}. Loop thread only.
 *
 * <p>The stream below belongs to the layer, which unreferences it: that this one is active or has
 * something to do keeps the loop running.
 */
@SuppressWarnings("exports") // what it inherits is ByteStream's and its own; the class has no name
public abstract class StreamLayer extends LoopStream {
    private final Later later = new Later();

    protected StreamLayer(EventLoop loop) {
        super((Loop) loop, false);
    }

    /**
     * Makes this a handle of its loop, which connects until its port reports {@code onConnected}.
     * Reads and writes may be asked for from now on.
     *
     * @param self this stream, as what its users know it by
     * @param operation what it does until it is connected, for messages, such as {@code handshake}
     * @param peer whom messages name
     * @param deadline after which that fails with {@code ETIMEDOUT}; zero for never
     * @return ends when the port is connected, or with the failure
     */
    protected final <S extends ByteStream> CompletionStage<S> begin(
            S self,
            StreamPort port,
            String operation,
            @Nullable SocketAddress peer,
            Duration deadline) {
        join();
        return connectThrough(self, port, operation, peer, LoopTimer.nanos(deadline));
    }

    /**
     * Refuses a call by another thread than the loop's, as every method of a handle does.
     *
     * @param method for the message
     */
    protected final void check(String method) {
        loop().check(method);
    }

    /** Has {@link #runLater} run once, in this turn or the next, on nobody's stack. */
    protected final void later() {
        loop().completions.add(later);
    }

    /** What {@link #later} was called for. */
    protected abstract void runLater();

    /** Calls back on this stream's behalf: what is thrown closes it, and the loop is told. */
    protected final void guarded(Runnable callback) {
        loop().guard.run(this, callback);
    }

    /**
     * What a failure with a code of the port's is called.
     *
     * @param operation what the user asked for
     */
    @Override
    protected abstract IoException failure(
            String operation, int code, @Nullable SocketAddress peer, long bytesTransferred);

    /** It is closed when what is below is, which may have a last word to send; nobody waits. */
    @Override
    public final boolean closesApart() {
        return true;
    }

    private final class Later extends Deferred {
        @Override
        public void runDeferred() {
            runLater();
        }

        @Override
        public LoopHandle owner() {
            return StreamLayer.this;
        }
    }
}
