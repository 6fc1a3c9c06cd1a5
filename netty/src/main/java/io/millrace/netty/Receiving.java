// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.util.ReferenceCounted;
import java.util.ArrayDeque;

/**
 * A channel's receiving half: a driver that pushes, below a pipeline that pulls. Loop thread only.
 *
 * <p>Netty asks to read, is given some messages in a row, hears that they are complete, and asks
 * again. The driver's receive goes on meanwhile. What it brings that nobody has asked for yet is
 * parked in order, and the driver is told to stop only then, so reading on demand costs no more
 * than reading on and on.
 *
 * @param <T> its messages
 */
abstract class Receiving<T extends ReferenceCounted>
        implements MillraceIoHandler.PollEnd, MillraceIoHandler.ChunkWaiter {
    private final MillraceChannel channel;
    private final int mostParked;
    private final ArrayDeque<T> parked = new ArrayDeque<>(0);

    /** Whether the driver is receiving, and was told to stop. */
    private boolean armed;

    private boolean stopping;
    private boolean waitsForChunks;

    /** Whether the pipeline was given something and has not heard that it is complete. */
    private boolean reading;

    /** Whether {@link #afterPoll} is going to be called. */
    private boolean attended;

    /** Whether its connection is on the way from one loop to another. */
    private boolean away;

    /**
     * @param mostParked as much may wait for a pipeline that reads on, but takes a share at a time
     */
    Receiving(MillraceChannel channel, int mostParked) {
        this.channel = channel;
        this.mostParked = mostParked;
    }

    /** Gives the pipeline a message. */
    abstract void deliver(T message);

    /** Whether a pipeline that is being given messages wants another. */
    abstract boolean wantsToContinue(ExtendedHandle handle);

    /** Whether there is a socket that could bring something, or has. */
    abstract boolean isLive();

    /** Has the socket receive, of a channel that is live. */
    abstract void startReceive();

    /** Has the socket stop, if there is one. */
    abstract void stopReceive();

    /** Whether the pipeline is to hear that no more will come. Nothing is parked before that. */
    boolean isEndDue() {
        return false;
    }

    void tellEnd() {}

    /** Whether nothing will come any more. */
    boolean hasEnded() {
        return false;
    }

    /** A message has come: given to the pipeline if it wants one now, or else parked. */
    final void offer(T message) {
        if (parked.isEmpty() && mayDeliver()) {
            deliver(message);
        } else {
            parked.add(message);
        }
        if (!parked.isEmpty()) {
            restrain();
        }
    }

    /** What is left of a message that the pipeline was given the first part of. */
    final void parkFirst(T rest) {
        parked.addFirst(rest);
    }

    final boolean hasParked() {
        return !parked.isEmpty();
    }

    final void releaseParked() {
        for (T each = parked.poll(); each != null; each = parked.poll()) {
            each.release();
        }
    }

    /** Something has come that nobody has asked for yet. */
    private void restrain() {
        boolean unwanted = !channel.isReadPending() && !channel.config().isAutoRead();
        if (unwanted || parked.size() >= mostParked) {
            stop();
        }
        attend();
    }

    /** Whether the pipeline wants another message now. */
    final boolean mayDeliver() {
        if (!channel.isWired()) {
            return false;
        }
        return reading ? wantsToContinue(channel.readHandle()) : channel.isReadPending();
    }

    /** The pipeline is going to be given a message, perhaps the first of several. */
    final ExtendedHandle begin() {
        ExtendedHandle handle = channel.readHandle();
        if (!reading) {
            reading = true;
            handle.reset(channel.config());
            attend();
        }
        return handle;
    }

    final void complete() {
        reading = false;
        channel.readHandle().readComplete();
        channel.pipeline().fireChannelReadComplete();
    }

    /** The connection leaves its loop, once the driver's receive has ended: whether it has. */
    final boolean leaves(MillraceIoHandler from) {
        if (reading) {
            complete();
        }
        stop();
        away = true;
        attended = false;
        waitsForChunks = false;
        from.forget(this);
        return !armed;
    }

    final boolean isArmed() {
        return armed;
    }

    /** The connection has come to another loop. */
    final void arrives() {
        away = false;
        proceed();
    }

    /** Sees to it that {@link #afterPoll} is called. */
    private void attend() {
        MillraceIoHandler handler = channel.handler();
        if (!attended && !away && handler != null) {
            attended = true;
            handler.afterPoll(this);
        }
    }

    @Override
    public final void afterPoll() {
        attended = false;
        try {
            if (reading) {
                complete();
            }
            if (mayDeliverParked()) {
                deliverParked();
            }
            if (channel.isOpen() && isEndDue()) {
                tellEnd();
            }
            proceed();
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    private boolean mayDeliverParked() {
        return channel.isOpen() && !parked.isEmpty() && mayDeliver();
    }

    private void deliverParked() {
        while (mayDeliverParked()) {
            deliver(parked.remove());
        }
        complete();
    }

    /** Arms the driver's receive, or delivers, according to what is wanted. */
    final void proceed() {
        if (reading || !isLive()) {
            return;
        }
        boolean wanted = channel.isReadPending() && channel.isWired();
        if (isEndDue() || (wanted && !parked.isEmpty())) {
            attend();
        } else if (wanted && !armed && !waitsForChunks && !hasEnded()) {
            armed = true;
            startReceive();
        }
    }

    final void stop() {
        if (armed && !stopping && channel.port() != null) {
            stopping = true;
            stopReceive();
        }
    }

    /** The driver's receive has ended: whether that has a reason which somebody is to be told. */
    final boolean hasFailed(MillraceIoHandler handler, int code, boolean isWanted) {
        armed = false;
        stopping = false;
        if (isWanted && code == Code.NO_CHUNKS && !away) {
            waitsForChunks = true;
            handler.waitForChunks(this);
        }
        return isWanted && code != Code.NO_CHUNKS && code != Code.CANCELLED;
    }

    @Override
    public final void chunksReturned() {
        waitsForChunks = false;
        proceed();
    }
}
