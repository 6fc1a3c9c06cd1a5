// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.internal.flight.Flight;
import io.millrace.internal.loop.Buffers;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.ChunkWaiter;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.ReadCallback;
import io.millrace.net.ReadHandler;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream's receiving half: what the user hears, and when.
 *
 * <p>The driver may deliver a little after it was told to stop. Such chunks are parked in order,
 * and so is the end that may follow them; the user, who has paused, hears nothing. Parked chunks
 * come first when reading goes on, by whichever of the two ways. What comes after a stream has used
 * up its share of a turn is parked as well, and delivered in the turns that follow.
 *
 * <p>The driver's receive is armed only while somebody wants bytes, or its stop is under way, or a
 * stop would cost more than the bytes that may come. At most one of its two shapes is in flight.
 * {@link #isSound} holds both.
 *
 * <p>It is also what the driver reports to, and passes on what concerns the other half or the
 * socket itself. Something in between that only passed things on would be one more object that
 * every event has to fetch from memory.
 */
public final class Inbound extends ChunkWaiter implements StreamSink {
    /** {@link #end} while the peer has not finished; no code is positive. */
    private static final int NOT_ENDED = 1;

    private final LoopStream stream;

    /** The stream has these two as well, but would first have to come from memory itself. */
    private final Loop loop;

    private final Outbound outbound;

    /** One of its own when there is a first: most streams are read by a handler only. */
    private ReadRequest request = ReadRequest.NONE;

    /** When bytes came last, or when reading began; for the read timeout. */
    long lastActivity;

    /** The turn to which {@link #spent} belongs. */
    private int turn;

    /** How much of its share of the turn the stream has used up. */
    private int spent;

    private @Nullable ReadHandler handler;
    private @Nullable PoolChunk parkedHead;
    private @Nullable PoolChunk parkedTail;
    private int end = NOT_ENDED;
    private boolean endReported;
    private boolean paused;
    private boolean armed;
    private boolean stopping;
    private boolean waitsForChunks;

    /** Whether the user has shut this half. */
    private boolean shut;

    /** Of few streams. */
    private @Nullable DescriptorInbox descriptors;

    Inbound(LoopStream stream, Outbound outbound) {
        this.stream = stream;
        this.outbound = outbound;
        loop = stream.loop();
    }

    /** Whether somebody has read, or the driver was asked to. */
    boolean hasBegun() {
        return handler != null || armed || parkedHead != null || request.isPending();
    }

    void deliverDescriptorsTo(DescriptorInbox inbox) {
        descriptors = inbox;
    }

    @Override
    public void onDescriptors(Passed passed) {
        DescriptorInbox inbox = descriptors;
        if (inbox == null) {
            throw new IllegalStateException("descriptors that nobody has asked for");
        }
        inbox.arrived(passed);
        if (!stream.isOpen()) {
            inbox.abandon();
        }
    }

    void start(ReadHandler newHandler) {
        request.ensureIdle();
        handler = newHandler;
        paused = false;
        endReported = false;
        wantsChanged();
    }

    /**
     * Nothing more is to be delivered; what waits for bytes is told the end. The kernel ends what
     * is in flight, after whatever it had, which nobody hears of. If it has lost the connection,
     * that does as well.
     */
    void shutdown(StreamPort port) {
        if (shut) {
            return;
        }
        shut = true;
        dropParked();
        port.shutdownInput();
        if (armed && !stopping) {
            stop(port);
        } else if (!armed && !request.isInFlight()) {
            end = end == NOT_ENDED ? Code.END_OF_STREAM : end;
            loop.completions.add(this);
        }
    }

    private void dropParked() {
        while (parkedHead != null) {
            unpark().release();
        }
        if (descriptors != null) {
            descriptors.abandon();
        }
    }

    void pause() {
        paused = true;
        wantsChanged();
    }

    void resume() {
        paused = false;
        wantsChanged();
    }

    void read(ByteBuffer buffer, ReadCallback callback, boolean exact) {
        Buffers.ensureFillable(buffer);
        request.ensureIdle();
        if (wantsChunks()) {
            throw new IllegalStateException(
                    "a handler is reading; pauseReading() before reading into a buffer");
        }
        if (request == ReadRequest.NONE) {
            request = new ReadRequest(stream);
        }
        request.begin(buffer, callback, exact);
        wantsChanged();
    }

    /** Whether a handler is to hear of the next bytes. */
    boolean wantsChunks() {
        return handler != null && !paused && !endReported;
    }

    /** Whether nobody has read anything yet, or wants to. */
    boolean isUnused() {
        return handler == null && request == ReadRequest.NONE && end == NOT_ENDED;
    }

    boolean isWaiting() {
        return wantsChunks() || request.isPending();
    }

    /** Whether the peer is to send, and has not as far as is known: without chunks it has. */
    boolean awaitsPeer() {
        return isWaiting() && !waitsForChunks;
    }

    /**
     * Whether the driver is receiving, or has no socket to receive from yet. If not although {@link
     * #awaitsPeer}, something that came earlier is about to be delivered first, or a stop to end.
     */
    boolean isAsked() {
        return stream.port == null || request.isInFlight() || (armed && !stopping);
    }

    /** The socket is connected. */
    void connected() {
        proceed();
    }

    /**
     * What the user wants has changed: the driver is told at once, but whatever is there already is
     * delivered later, not on this stack.
     */
    private void wantsChanged() {
        stream.updateActive();
        if (isWaiting()) {
            lastActivity = loop.clock.now();
        }
        if (parkedHead != null || end != NOT_ENDED) {
            loop.completions.add(this);
        } else {
            proceed();
        }
    }

    /** Delivers what was parked, as much as a turn has room for, and then goes on. */
    @Override
    public void runDeferred() {
        while (parkedHead != null && stream.isOpen()) {
            if (!isWaiting()) {
                return;
            }
            if (hasSpentShare()) {
                loop.shares.continueNextTurn(this);
                return;
            }
            if (descriptors != null && descriptors.tellOf(parkedHead)) {
                continue;
            }
            if (request.isPending()) {
                takeParked();
            } else {
                PoolChunk chunk = unpark();
                deliver(chunk);
                chunk.release();
            }
        }
        reportEnd();
        proceed();
    }

    @Override
    public LoopHandle owner() {
        return stream;
    }

    /** Arms or stops the driver's receive according to what is wanted. */
    private void proceed() {
        StreamPort port = stream.port;
        if (port == null || end != NOT_ENDED) {
            return;
        }
        if (armed) {
            boolean unwanted = !wantsChunks();
            if (unwanted && !stopping && (request.isPending() || !loop.capabilities.costlyStop())) {
                stop(port);
            }
            assert isSound() : this;
            return;
        }
        if (parkedHead != null) {
            return;
        }
        if (request.isPending()) {
            request.receive(port);
        } else if (wantsChunks() && !waitsForChunks) {
            armed = true;
            port.startReceive();
        }
        assert isSound() : this;
    }

    /**
     * What has to hold whenever nothing is under way in here. A socket that closes is told nothing
     * more.
     */
    private boolean isSound() {
        if (!stream.isOpen()) {
            return true;
        }
        if (!armed) {
            return !stopping;
        }
        boolean mayStay = loop.capabilities.costlyStop() && !request.isPending();
        return (stopping || ((wantsChunks() || mayStay) && parkedHead == null))
                && end == NOT_ENDED
                && !waitsForChunks
                && !request.isInFlight();
    }

    private void stop(StreamPort port) {
        stopping = true;
        port.stopReceive();
    }

    @Override
    public int prefetch() {
        return (int) lastActivity + outbound.prefetch() + (stream.isOpen() ? 1 : 0);
    }

    /** A sink throws nothing: what fails in here ends this stream, and not its loop. */
    private void failed(Throwable failure) {
        loop.guard.failed(stream, failure);
    }

    @Override
    public void onConnected(int code) {
        try {
            stream.connection.onConnected(code);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    @Override
    public void gather(Gather into) {
        outbound.gather(into);
    }

    @Override
    public void onSent(int result) {
        try {
            outbound.onSent(result);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    @Override
    public void onClosed() {
        try {
            stream.connection.onClosed();
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        try {
            received(chunk);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    @Override
    public void onReceiveStopped(int code) {
        try {
            receiveStopped(code);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** A request-style receive has ended at the driver. */
    @Override
    public void onReceivedInto(int result) {
        try {
            receivedInto(result);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private void received(PoolChunk chunk) {
        if (stream.isDriven) {
            loop.counters.countReceived(chunk.length());
        }
        if (!stream.isOpen()) {
            return;
        }
        if (shut) {
            dropParked();
            return;
        }
        lastActivity = loop.clock.now();
        boolean spentShare = hasSpentShare();
        if (wantsChunks() && parkedHead == null && !spentShare) {
            if (descriptors == null || toldOfDescriptors()) {
                deliver(chunk);
                return;
            }
            if (!stream.isOpen()) {
                return;
            }
        }
        PoolChunk kept = chunk.keep();
        park(kept);
        if (descriptors != null) {
            descriptors.park(kept);
        }
        if (spentShare && wantsChunks()) {
            loop.shares.continueNextTurn(this);
        }
        StreamPort port = stream.port;
        if ((spentShare || !wantsChunks()) && !stopping && port != null) {
            stop(port);
        }
        assert isSound() : this;
    }

    /** The handler of descriptors is called first, and may pause or close the stream. */
    @SuppressWarnings("NullAway") // called only with an inbox
    private boolean toldOfDescriptors() {
        descriptors.tellOfNext();
        return stream.isOpen() && wantsChunks();
    }

    @SuppressWarnings("NullAway") // called only with an inbox
    private void tellOrDropDescriptors() {
        if (shut) {
            descriptors.abandon();
        } else {
            descriptors.tellOfNext();
        }
    }

    private void receiveStopped(int code) {
        armed = false;
        stopping = false;
        if (!stream.isOpen()) {
            return;
        }
        if (shut) {
            ended(Code.END_OF_STREAM);
            reportEnd();
            return;
        }
        if (code == Code.NO_CHUNKS) {
            Flight.buffersScarce(stream);
            waitsForChunks = true;
            loop.chunkWaiters.add(this);
            return;
        }
        if (code != Code.CANCELLED) {
            ended(code);
        }
        if (parkedHead != null) {
            loop.completions.add(this);
            return;
        }
        reportEnd();
        proceed();
    }

    private void receivedInto(int result) {
        if (result > 0) {
            lastActivity = loop.clock.now();
            if (stream.isDriven) {
                loop.counters.countReceived(result);
            }
        }
        if (descriptors != null && stream.isOpen()) {
            tellOrDropDescriptors();
        }
        if (!stream.isOpen()) {
            request.receivedWhileClosing(result);
            return;
        }
        if (result <= 0 || shut) {
            ended(Math.min(result, Code.END_OF_STREAM));
            request.received(end);
            stream.readingEnded();
        } else {
            request.received(result);
        }
        reportEnd();
        proceed();
    }

    /**
     * Nothing is going to come any more. A lost connection concerns both halves, but the kernel
     * tells it once: whichever call hears of it first tells the other, for which it then looks like
     * an end, or like a peer that does not read any more.
     */
    private void ended(int code) {
        end = code == Code.END_OF_STREAM ? lossOr(code) : code;
        if (Connection.isLoss(end)) {
            outbound.connectionLost(end);
        }
    }

    /** A broken pipe says nothing about bytes that had come before, and is what follows an end. */
    private int lossOr(int code) {
        int broken = outbound.broken();
        return Connection.isLoss(broken) && broken != Code.BROKEN_PIPE ? broken : code;
    }

    @Override
    public void chunksReturned() {
        waitsForChunks = false;
        if (stream.isOpen()) {
            proceed();
        }
    }

    /**
     * The stream has closed: the pending read is cancelled, unless the connection was known to be
     * gone before, and parked bytes are dropped.
     */
    void finish() {
        boolean never = outbound.broken() == Code.NOT_CONNECTED;
        request.cancel(never ? Code.NOT_CONNECTED : lossOr(Code.CANCELLED));
        dropParked();
        handler = null;
    }

    /** The driver is gone; a buffer that it had is whose it was. */
    void abandon() {
        if (request.isPending()) {
            request.receivedWhileClosing(0);
        }
    }

    /** The connection never came about. */
    void connectFailed() {
        end = Code.NOT_CONNECTED;
        endReported = true;
        request.cancel(Code.CANCELLED);
        stream.updateActive();
    }

    private boolean hasSpentShare() {
        return turn == loop.shares.turn() && spent >= TurnShares.DELIVERED_BYTES;
    }

    private void spend(int bytes) {
        int now = loop.shares.turn();
        int cost = bytes + TurnShares.DELIVERY_BYTES;
        spent = turn == now ? spent + cost : cost;
        turn = now;
    }

    private void deliver(PoolChunk chunk) {
        ReadHandler current = handler;
        if (current == null) {
            return;
        }
        spend(chunk.length());
        CallbackGuard guard = loop.guard;
        outbound.beginBurst();
        loop.lends(chunk);
        long began = guard.begins();
        try {
            current.onRead(stream, chunk);
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        loop.lendsNoMore();
        guard.ended(began);
        outbound.flushBurst();
    }

    private void takeParked() {
        PoolChunk chunk = java.util.Objects.requireNonNull(parkedHead);
        int before = chunk.length();
        boolean usedUp = request.take(chunk);
        spend(before - chunk.length());
        if (usedUp) {
            unpark().release();
        }
    }

    /** Nothing is parked any more. */
    private void reportEnd() {
        if (end == NOT_ENDED || !stream.isOpen()) {
            return;
        }
        if (request.isPending()) {
            request.received(end);
            stream.readingEnded();
            return;
        }
        if (!wantsChunks()) {
            return;
        }
        endReported = true;
        stream.updateActive();
        ReadHandler current = handler;
        if (current == null) {
            return;
        }
        CallbackGuard guard = loop.guard;
        outbound.beginBurst();
        long began = guard.begins();
        try {
            if (end == Code.END_OF_STREAM) {
                current.onEnd(stream);
            } else {
                current.onFailure(stream, stream.connection.failure("read", end));
            }
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
        outbound.flushBurst();
        stream.readingEnded();
    }

    private void park(PoolChunk chunk) {
        chunk.next = null;
        if (parkedTail == null) {
            parkedHead = chunk;
        } else {
            parkedTail.next = chunk;
        }
        parkedTail = chunk;
    }

    private PoolChunk unpark() {
        PoolChunk chunk = java.util.Objects.requireNonNull(parkedHead);
        parkedHead = chunk.next;
        chunk.next = null;
        if (parkedHead == null) {
            parkedTail = null;
        }
        return chunk;
    }

    /** What is wanted, what is asked of the driver, and what waits for the user. Loop thread. */
    @Override
    public String toString() {
        int chunks = 0;
        int bytes = 0;
        for (PoolChunk each = parkedHead; each != null; each = each.next) {
            chunks++;
            bytes += each.length();
        }
        return "Inbound["
                + (request.isPending() ? "wants a buffer filled" : handlerState())
                + (request.isInFlight() ? ", receives into it" : "")
                + (armed ? ", armed" : "")
                + (stopping ? ", stopping" : "")
                + (waitsForChunks ? ", waits for chunks" : "")
                + (chunks == 0 ? "" : ", parked chunks " + chunks + " bytes " + bytes)
                + endText()
                + "]";
    }

    private String endText() {
        return switch (end) {
            case NOT_ENDED -> "";
            case Code.END_OF_STREAM -> ", ended orderly";
            default -> ", ended " + Code.name(end);
        };
    }

    private String handlerState() {
        if (handler == null) {
            return "no reader";
        }
        return endReported ? "told the end" : paused ? "paused" : "reading";
    }
}
