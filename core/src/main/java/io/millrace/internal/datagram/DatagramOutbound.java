// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TurnShares;
import io.millrace.internal.stream.Watermarks;
import io.millrace.net.DatagramCallback;
import io.millrace.net.DatagramFailureHandler;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A socket's sending half: one send at a time, in order, many datagrams to one system call.
 *
 * <p>A send only queues. What the callbacks of datagrams that came together have sent leaves
 * together, when the driver has delivered the last of them, or when it is as much as one call
 * takes; everything else before the loop waits. And it leaves before anything by which a user could
 * tell that it is still here although its callback has returned: see {@link #flushDue}. Chunks that
 * it holds meanwhile are no more than one call sends, and those of a pool that is scarce are copied
 * and not held. Whatever the kernel says of a datagram is the end of that one alone, unless it has
 * no room: then all wait, until the driver says that there is some, or, after {@code ENOBUFS}, of
 * whose end nobody tells, for a moment.
 */
public final class DatagramOutbound extends SendQueue {
    /** What a datagram costs of a turn besides its bytes, in bytes. */
    private static final int DATAGRAM_BYTES = 1 << 10;

    /** A queue of the network's that is full has drained by then, or is asked again. */
    private static final long NO_ROOM_NANOS = 1_000_000;

    /** As many are taken before the user hears of them. */
    private static final int MOST_REPORTS = 64;

    private final LoopUdpSocket socket;
    private final Loop loop;
    private final Deferred flush = new Flush();
    private final Deferred delivery = new Delivery();
    private final Retry retry = new Retry();
    private Watermarks watermarks = Watermarks.DEFAULT;
    private @Nullable Runnable writableCallback;
    private @Nullable DatagramFailureHandler failureHandler;

    /** What is offered instead of the queue while {@link #trySend} is under way. */
    private @Nullable PendingDatagram trial;

    /** What sends have found out of others, for the user to hear of. */
    private final ArrayDeque<IoException> reports = new ArrayDeque<>(0);

    private boolean sending;
    private boolean countsAsRequest;
    private boolean flushNeeded;

    /** Whether only that is offered which is due. */
    private boolean onlyDue;

    private boolean aboveHigh;
    private boolean writableDue;

    /** The turn to which {@link #spent} and {@link #callbacks} belong. */
    private int turn;

    private int spent;
    private int callbacks;

    DatagramOutbound(LoopUdpSocket socket) {
        super(socket.loop().part(PendingDatagram.Pool.OF_LOOP));
        this.socket = socket;
        loop = socket.loop();
    }

    void ensureRoom(long bytes, long copied) {
        if (due() > 0 && isFull(bytes)) {
            flushDue();
        }
        try {
            watermarks.ensureRoom("send", socket, bytes, copied, 1, unsentBytes(), size());
        } catch (IllegalStateException noRoom) {
            aboveHigh |= hasUnsent();
            throw noRoom;
        }
    }

    private boolean isFull(long bytes) {
        return unsentBytes() + bytes > watermarks.high() || size() >= watermarks.mostWrites();
    }

    void watermarks(Watermarks newWatermarks) {
        watermarks = newWatermarks;
    }

    void onWritable(Runnable callback) {
        writableCallback = callback;
    }

    void onFailure(DatagramFailureHandler handler) {
        failureHandler = handler;
    }

    /** Takes a datagram whose memory is set, and whose position the caller has moved. */
    boolean send(PendingDatagram datagram, @Nullable DatagramCallback callback) {
        datagram.callback = callback;
        add(datagram);
        if (!countsAsRequest) {
            countsAsRequest = true;
            loop.handles.requestBegins();
        }
        flushNeeded = true;
        loop.flushes.add(flush);
        if (unsentBytes() > watermarks.high()) {
            aboveHigh = true;
        }
        return !aboveHigh;
    }

    /** 1 if it was sent, WOULD_BLOCK, or another code. Nothing of the datagram is changed. */
    int trySend(PendingDatagram datagram, DatagramPort port) {
        flushDue();
        if (hasUnsent() || sending) {
            return Code.WOULD_BLOCK;
        }
        trial = datagram;
        try {
            int result = port.trySend();
            while (result < 0 && result != Code.WOULD_BLOCK && takeReports()) {
                result = port.trySend();
            }
            if (result > 0) {
                loop.counters.countSent(datagram.end - datagram.start);
            }
            return result == Code.NO_CHUNKS ? Code.WOULD_BLOCK : result;
        } finally {
            trial = null;
        }
    }

    void gather(DatagramSends into) {
        PendingDatagram alone = trial;
        if (alone == null) {
            gatherUnsent(into, onlyDue ? due() : Integer.MAX_VALUE);
        } else {
            into.add(alone, alone.start, alone.end);
        }
    }

    /** The callback of a datagram has returned: what it has sent may wait for more of the batch. */
    void callbackReturned() {
        if (flushNeeded) {
            allAreDue();
            if (unsentCount() >= DatagramSends.MOST) {
                flush();
            }
        }
    }

    /** Sends what waits for nothing but that. */
    void flush() {
        if (flushNeeded && socket.isOpen()) {
            flushNow();
        }
    }

    /**
     * Sends what callbacks that have returned have queued, and nothing else: before anything is
     * done for which it matters that they have.
     */
    void flushDue() {
        if (due() == 0) {
            return;
        }
        onlyDue = true;
        try {
            sendUnsent();
        } finally {
            onlyDue = false;
        }
    }

    /** Hands over whatever waits for nothing but that. Answers whether nothing is left. */
    boolean flushAll() {
        while (flushNeeded && !sending && !retry.waits()) {
            int before = size();
            flushNow();
            if (size() == before && hasUnsent()) {
                break;
            }
        }
        return !hasUnsent();
    }

    private void flushNow() {
        flushNeeded = false;
        sendUnsent();
    }

    private void sendUnsent() {
        DatagramPort port = socket.port();
        while (port != null && !sending && !retry.waits() && hasMoreToOffer()) {
            if (hasSpentShare()) {
                flushNeeded = true;
                loop.shares.continueNextTurn(flush);
                break;
            }
            int refusal = next().refusal;
            int result = refusal == Code.OK ? port.send() : refusal;
            if (result == Code.PENDING) {
                sending = true;
            } else {
                sent(result);
            }
        }
        settle();
    }

    private boolean hasMoreToOffer() {
        return onlyDue ? due() > 0 : hasUnsent();
    }

    void onSent(int result) {
        sending = false;
        if (socket.isOpen()) {
            sent(result);
            flushNow();
        }
    }

    private void sent(int result) {
        if (result > 0) {
            long bytes = advance(result);
            loop.counters.countSent(bytes);
            spend((int) bytes + result * DATAGRAM_BYTES + TurnShares.SEND_BYTES);
            if (hasUnsent()) {
                // A call that took some says nothing of what kept it from taking the next.
                takeReports();
            }
        } else if (result == Code.NO_CHUNKS) {
            retry.start();
        } else if (next().segmentBytes != 0 && mayBeOfCutting(result)) {
            PendingDatagram next = next();
            next.pieceBytes = next.segmentBytes;
            next.segmentBytes = 0;
        } else if (result == next().refusal || !takeReports()) {
            fail(result);
            spend(TurnShares.SEND_BYTES);
        }
    }

    /** Whether a send has failed for another datagram, of which the network has reported. */
    private boolean takeReports() {
        int before = reports.size();
        IoException reported = socket.takeReport();
        while (reported != null) {
            reports.add(reported);
            reported = reports.size() < MOST_REPORTS ? socket.takeReport() : null;
        }
        if (reports.size() == before) {
            return false;
        }
        loop.completions.add(delivery);
        return true;
    }

    /**
     * A device that cannot cut, or a segment that is too long for it: each then says for itself.
     */
    private static boolean mayBeOfCutting(int code) {
        return code == Code.IO_ERROR
                || code == Code.INVALID_ARGUMENT
                || code == Code.MESSAGE_TOO_LONG;
    }

    /** The next one has failed, whatever becomes of those behind it. */
    private void fail(int code) {
        PendingDatagram next = next();
        boolean isTold = next.callback != null || failureHandler != null;
        failNext(
                isTold
                        ? IoException.of(
                                code, "send", destinationOf(next), next.start - next.first, null)
                        : null);
    }

    private @Nullable InetSocketAddress destinationOf(PendingDatagram datagram) {
        return datagram.to.isKnown() ? datagram.to.toObject() : socket.peer();
    }

    private boolean hasSpentShare() {
        return turn == loop.shares.turn() && spent >= loop.shares.bytesForEach();
    }

    private void spend(int cost) {
        beginTurn();
        spent += cost;
        loop.shares.countSent(cost);
    }

    private void beginTurn() {
        if (turn != loop.shares.turn()) {
            turn = loop.shares.turn();
            spent = 0;
            callbacks = 0;
        }
    }

    private void settle() {
        while (hasEnded() && oldest().callback == null && oldest().failure == null) {
            removeOldest();
        }
        if (aboveHigh && unsentBytes() <= watermarks.low()) {
            aboveHigh = false;
            writableDue = true;
        }
        if (hasEnded() || writableDue) {
            loop.completions.add(delivery);
        }
        noteEmpty();
    }

    private void noteEmpty() {
        if (countsAsRequest && isEmpty()) {
            countsAsRequest = false;
            loop.handles.requestEnds();
        }
    }

    /** The socket has closed: tells what had ended, and cancels the rest. */
    void finish() {
        loop.timers.stop(retry);
        while (hasUnsent()) {
            fail(Code.CANCELLED);
        }
        deliver();
    }

    /** In the shares of several turns if there is much, since callbacks may cause as much again. */
    private void deliver() {
        beginTurn();
        while (!reports.isEmpty() && socket.isOpen()) {
            tell(reports.remove());
        }
        while (hasEnded()) {
            if (callbacks == TurnShares.CALLBACKS && socket.isOpen()) {
                loop.shares.continueNextTurn(delivery);
                return;
            }
            callbacks++;
            deliverOldest();
        }
        noteEmpty();
        if (writableDue && socket.isOpen()) {
            writableDue = false;
            Runnable callback = writableCallback;
            if (callback != null && !aboveHigh) {
                loop.guard.run(socket, callback);
            }
        }
    }

    private void deliverOldest() {
        PendingDatagram oldest = oldest();
        DatagramCallback callback = oldest.callback;
        IoException failure = oldest.failure;
        removeOldest();
        if (callback == null) {
            if (failure != null && socket.isOpen()) {
                tell(failure);
            }
            return;
        }
        CallbackGuard guard = loop.guard;
        long began = guard.begins();
        try {
            callback.onSent(socket, failure);
        } catch (Throwable thrown) {
            guard.failed(socket, thrown);
        }
        guard.ended(began);
    }

    /** To whom it concerns, if there is somebody. */
    void tell(IoException failure) {
        DatagramFailureHandler current = failureHandler;
        if (current == null) {
            return;
        }
        CallbackGuard guard = loop.guard;
        long began = guard.begins();
        try {
            current.onFailure(socket, failure);
        } catch (Throwable thrown) {
            guard.failed(socket, thrown);
        }
        guard.ended(began);
    }

    /** What waits to be sent or told, and why it waits. Loop thread. */
    @Override
    public String toString() {
        return "DatagramOutbound["
                + super.toString()
                + (sending ? ", sending" : "")
                + (retry.waits() ? ", waits for the network" : "")
                + (flushNeeded ? ", to be flushed" : "")
                + (aboveHigh ? ", senders told to pause" : "")
                + "]";
    }

    private final class Flush extends Deferred {
        @Override
        public void runDeferred() {
            flush();
        }

        @Override
        public LoopHandle owner() {
            return socket;
        }
    }

    private final class Delivery extends Deferred {
        @Override
        public void runDeferred() {
            deliver();
        }

        @Override
        public LoopHandle owner() {
            return socket;
        }
    }

    /** After {@code ENOBUFS}: nobody says when there is room again. */
    private final class Retry extends TimerNode {
        void start() {
            loop.timers.start(this, loop.clock.now() + NO_ROOM_NANOS);
        }

        boolean waits() {
            return place != IDLE;
        }

        @Override
        public void expire() {
            flushNow();
        }

        @Override
        public void failed(Throwable failure) {
            loop.guard.failed(socket, failure);
        }
    }
}
