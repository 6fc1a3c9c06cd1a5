// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.ChunkWaiter;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.DatagramHandler;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.PoolChunk;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A socket's receiving half: what the user hears, and when.
 *
 * <p>The driver may deliver a little after it was told to stop, and more than a share of a turn.
 * Such datagrams are parked in order, and come first when it goes on. No error ends the receiving:
 * what the network reports is told, and the driver's receive begins again; what the system lacks is
 * told, and tried again after a moment.
 */
public final class DatagramInbound extends ChunkWaiter implements DatagramSink {
    /** How long to wait after an error that is not one of a datagram; else a loop might spin. */
    private static final long BACK_OFF_NANOS = 100_000_000;

    private final LoopUdpSocket socket;
    private final Loop loop;
    private final ReceivedDatagram view;
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();
    private final BackOff backOff = new BackOff();

    private @Nullable DatagramHandler handler;

    /** The turn to which {@link #spent} belongs. */
    private int turn;

    private int spent;

    private boolean paused;
    private boolean armed;
    private boolean stopping;
    private boolean waitsForChunks;

    DatagramInbound(LoopUdpSocket socket) {
        this.socket = socket;
        loop = socket.loop();
        view = new ReceivedDatagram(socket.book);
    }

    /** A datagram that nobody wanted when it came. */
    private record Parked(PoolChunk chunk, DatagramInfo info) {}

    void start(DatagramHandler newHandler) {
        handler = newHandler;
        paused = false;
        wantsChanged();
    }

    void pause() {
        paused = true;
        wantsChanged();
    }

    void resume() {
        paused = false;
        wantsChanged();
    }

    boolean wantsDatagrams() {
        return handler != null && !paused;
    }

    private void wantsChanged() {
        socket.setActive(wantsDatagrams());
        if (parked.isEmpty()) {
            proceed();
        } else {
            loop.completions.add(this);
        }
    }

    /** Delivers what was parked, as much as a turn has room for, and then goes on. */
    @Override
    public void runDeferred() {
        while (!parked.isEmpty() && socket.isOpen()) {
            if (!wantsDatagrams()) {
                return;
            }
            if (hasSpentShare()) {
                loop.shares.continueNextTurn(this);
                return;
            }
            Parked next = parked.remove();
            try {
                deliver(next.chunk, next.info);
            } finally {
                next.chunk.release();
            }
        }
        socket.outbound.flush();
        proceed();
    }

    @Override
    public LoopHandle owner() {
        return socket;
    }

    /** Arms or stops the driver's receive according to what is wanted. */
    private void proceed() {
        DatagramPort port = socket.port();
        if (port == null) {
            return;
        }
        if (armed) {
            if (!wantsDatagrams() && !stopping && !loop.capabilities.costlyStop()) {
                stop(port);
            }
        } else if (wantsDatagrams() && parked.isEmpty() && !waitsForChunks && !backOff.waits()) {
            armed = true;
            port.startReceive();
        }
    }

    private void stop(DatagramPort port) {
        stopping = true;
        port.stopReceive();
    }

    private void failed(Throwable failure) {
        loop.guard.failed(socket, failure);
    }

    @Override
    public void onDatagram(PoolChunk chunk, DatagramInfo info) {
        try {
            received(chunk, info);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    @Override
    public void onBatchEnd() {
        try {
            socket.outbound.flush();
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

    @Override
    public void gather(DatagramSends into) {
        socket.outbound.gather(into);
    }

    @Override
    public void onSent(int result) {
        try {
            socket.outbound.onSent(result);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** Of a socket that did not come about nobody knows. */
    @Override
    public void onClosed() {
        if (!socket.isOpen()) {
            socket.released();
        }
    }

    private void received(PoolChunk chunk, DatagramInfo info) {
        loop.counters.countReceived(chunk.length());
        if (!socket.isOpen()) {
            return;
        }
        boolean spentShare = hasSpentShare();
        if (wantsDatagrams() && parked.isEmpty() && !spentShare) {
            deliver(chunk, info);
            return;
        }
        DatagramInfo copy = new DatagramInfo();
        copy.set(info);
        parked.add(new Parked(chunk.keep(), copy));
        if (spentShare && wantsDatagrams()) {
            loop.shares.continueNextTurn(this);
        }
        DatagramPort port = socket.port();
        if ((spentShare || !wantsDatagrams()) && !stopping && port != null) {
            stop(port);
        }
    }

    private void receiveStopped(int code) {
        armed = false;
        stopping = false;
        if (!socket.isOpen()) {
            return;
        }
        if (code == Code.NO_CHUNKS) {
            waitsForChunks = true;
            loop.chunkWaiters.add(this);
            return;
        }
        if (code != Code.CANCELLED) {
            IoException reported = socket.takeReport();
            if (reported == null && !isOfDatagramSentBefore(code)) {
                backOff.start();
            }
            socket.outbound.tell(
                    reported == null ? IoException.of(code, "receive", socket.peer()) : reported);
            socket.outbound.flush();
        }
        if (!socket.isOpen()) {
            return;
        }
        if (parked.isEmpty()) {
            proceed();
        } else {
            loop.completions.add(this);
        }
    }

    /** What the network reports, and the kernel forgets as it tells it. */
    private static boolean isOfDatagramSentBefore(int code) {
        return switch (code) {
            case Code.REFUSED,
                    Code.HOST_DOWN,
                    Code.HOST_UNREACHABLE,
                    Code.NETWORK_DOWN,
                    Code.NETWORK_UNREACHABLE,
                    Code.MESSAGE_TOO_LONG,
                    Code.OPTION_NOT_AVAILABLE,
                    Code.PROTOCOL_ERROR,
                    Code.ACCESS_DENIED,
                    Code.RESET ->
                    true;
            default -> false;
        };
    }

    @Override
    public void chunksReturned() {
        waitsForChunks = false;
        if (socket.isOpen()) {
            proceed();
        }
    }

    /** The socket has closed: what is parked is dropped. */
    void finish() {
        loop.timers.stop(backOff);
        while (!parked.isEmpty()) {
            parked.remove().chunk.release();
        }
        handler = null;
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

    /** What is not the peer's came before the socket was connected to it, or while it was. */
    private void deliver(PoolChunk chunk, DatagramInfo info) {
        DatagramHandler current = handler;
        if (current == null || !socket.mayHear(info.sender)) {
            return;
        }
        spend(chunk.length());
        CallbackGuard guard = loop.guard;
        loop.lends(chunk);
        view.show(chunk, info);
        long began = guard.begins();
        try {
            current.onDatagram(socket, view);
        } catch (Throwable failure) {
            guard.failed(socket, failure);
        }
        view.showNothing();
        loop.lendsNoMore();
        guard.ended(began);
        socket.outbound.callbackReturned();
    }

    /** What is wanted, what is asked of the driver, and what waits for the user. Loop thread. */
    @Override
    public String toString() {
        return "DatagramInbound["
                + (handler == null ? "no handler" : paused ? "paused" : "receiving")
                + (armed ? ", armed" : "")
                + (stopping ? ", stopping" : "")
                + (waitsForChunks ? ", waits for chunks" : "")
                + (backOff.waits() ? ", waits after an error" : "")
                + (parked.isEmpty() ? "" : ", parked " + parked.size())
                + "]";
    }

    private final class BackOff extends TimerNode {
        void start() {
            loop.timers.start(this, loop.clock.now() + BACK_OFF_NANOS);
        }

        boolean waits() {
            return place != IDLE;
        }

        @Override
        public void expire() {
            proceed();
        }

        @Override
        public void failed(Throwable failure) {
            loop.guard.failed(socket, failure);
        }
    }
}
