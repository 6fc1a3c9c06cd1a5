// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.ByteStream;
import io.millrace.net.WriteCallback;
import io.millrace.net.WriteFailureHandler;
import io.millrace.spi.Code;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the user hears of a stream's sending half, after what caused it and never on the stack of a
 * user's call: writes that have ended, in their order; that the queue has fallen to the low mark;
 * then the end of the half-close.
 *
 * <p>A stream has one only once there is somebody to hear, and a write that succeeds and that
 * nobody asks about does not touch it.
 */
public final class WriteDelivery extends Deferred {
    private final LoopStream stream;
    private final Outbound outbound;
    private WriteFailureHandler failureHandler = (failed, reason) -> failed.close();
    private @Nullable Runnable writableCallback;
    private boolean writableDue;

    /** Whether somebody was told that a write has failed. */
    private boolean anyFailed;

    /** Why a file could not be opened, if that is why nothing can be sent any more. */
    @Nullable IoException refusal;

    private @Nullable LoopFuture<ByteStream> shutdown;

    private boolean shutdownDone;

    private int shutdownResult;

    /** The turn to which {@link #callbacks} belongs. */
    private int turn;

    /** How many writes were delivered in it. */
    private int callbacks;

    WriteDelivery(LoopStream stream, Outbound outbound) {
        this.stream = stream;
        this.outbound = outbound;
    }

    void onFailure(WriteFailureHandler handler) {
        failureHandler = handler;
    }

    void onWritable(Runnable callback) {
        writableCallback = callback;
    }

    /** The queue has fallen to the low mark, after a writer was told to pause. */
    void becameWritable() {
        writableDue = true;
        schedule();
    }

    CompletionStage<ByteStream> shutdownBegins() {
        LoopFuture<ByteStream> future = new LoopFuture<>(stream.loop());
        shutdown = future;
        stream.loop().handles.requestBegins();
        return future;
    }

    /** Whether the peer is yet to be told. */
    boolean awaitsShutdown() {
        return shutdown != null && !shutdownDone;
    }

    /**
     * The half-close has come out like this, unless it has ended before, or nobody asked for it.
     */
    void shutdownEnds(int result) {
        if (awaitsShutdown()) {
            shutdownDone = true;
            shutdownResult = result;
        }
    }

    boolean isShutdownDue() {
        return shutdownDone && shutdown != null && !shutdown.isDone();
    }

    void schedule() {
        stream.loop().completions.add(this);
    }

    /** In the shares of several turns if there is much, since callbacks may cause as much again. */
    @Override
    public void runDeferred() {
        if (turn != stream.loop().shares.turn()) {
            turn = stream.loop().shares.turn();
            callbacks = 0;
        }
        while (outbound.hasEnded()) {
            if (callbacks == TurnShares.CALLBACKS && stream.isOpen()) {
                stream.loop().shares.continueNextTurn(this);
                return;
            }
            callbacks++;
            deliverHead();
        }
        outbound.noteEmpty();
        if (stream.isOpen()) {
            deliverWritable();
        }
        deliverShutdown();
        outbound.told();
    }

    @Override
    public LoopHandle owner() {
        return stream;
    }

    private void deliverHead() {
        WriteCallback callback = outbound.headCallback();
        IoException failure = outbound.headFailure();
        outbound.removeHead();
        anyFailed |= failure != null;
        CallbackGuard guard = stream.loop().guard;
        long began = guard.begins();
        try {
            if (callback != null) {
                callback.onWritten(stream, failure);
            } else if (failure != null && stream.isOpen()) {
                failureHandler.onWriteFailure(stream, failure);
            }
        } catch (Throwable thrown) {
            guard.failed(stream, thrown);
        }
        guard.ended(began);
    }

    /**
     * Only to a writer that may write: since it became due, callbacks may have filled the queue
     * again, or ended the writing, and a write may have failed. One that has not been told of any
     * failure is told even if the connection is lost: it may have paused the reading until now,
     * behind which the loss waits, and would otherwise never hear of anything again.
     */
    private void deliverWritable() {
        if (!writableDue) {
            return;
        }
        writableDue = false;
        Runnable callback = writableCallback;
        boolean mayWrite = stream.isWritable() || (!anyFailed && outbound.isLost());
        if (callback == null || outbound.isAboveHigh() || !mayWrite) {
            return;
        }
        stream.loop().guard.run(stream, callback);
    }

    private void deliverShutdown() {
        LoopFuture<ByteStream> future = shutdown;
        if (future == null || !isShutdownDue()) {
            return;
        }
        stream.loop().handles.requestEnds();
        if (shutdownResult == Code.OK) {
            future.complete(stream);
        } else {
            future.completeExceptionally(stream.connection.failure("shutdown", shutdownResult));
        }
    }
}
