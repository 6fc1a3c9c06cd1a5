// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.PoolChunk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket over readiness: receives several datagrams with one call where the raw socket
 * can, as many as it has lately found, and at most so many in one poll.
 */
final class ReactorDatagram extends ReactorPort implements DatagramPort {
    /** How many calls one socket gets in one poll; the later ones share the streams' allowance. */
    static final int CALLS_PER_POLL = 4;

    /** After how many datagrams it gets no other in this poll. */
    static final int DATAGRAMS_PER_POLL = DatagramReceives.MOST;

    /** Of a socket of which nothing is known yet. */
    private static final int FIRST_BATCH = 2;

    private final ReactorDatagrams shared;
    private final RawDatagram socket;
    private final DatagramSink sink;

    private boolean sending;

    /**
     * How many chunks the next call is given: twice what the last one has filled, and if that is
     * little, half of what the last one was given, because the next may bring as many as before.
     */
    private int batch = FIRST_BATCH;

    ReactorDatagram(
            ReactorDriver driver, ReactorDatagrams shared, RawDatagram socket, DatagramSink sink) {
        super(driver, socket);
        this.shared = shared;
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public void startReceive() {
        beginReceiving();
    }

    @Override
    public void stopReceive() {
        endReceiving();
    }

    @Override
    public int send() {
        assert !closed && !sending;
        int result = trySend();
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        sending = true;
        awaitReady(Poller.WRITE);
        return Code.PENDING;
    }

    @Override
    public int trySend() {
        assert !closed && !sending;
        boolean surelyBlocked = !believes(Poller.WRITE) && (told & Poller.WRITE) != 0;
        return surelyBlocked ? Code.WOULD_BLOCK : attempt();
    }

    /** A count that is short says nothing: what comes next may have failed, and not found room. */
    private int attempt() {
        DatagramSends sends = shared.sends;
        try {
            sink.gather(sends);
            driver.countSystemCall();
            int result = socket.send(sends);
            if (result == Code.WOULD_BLOCK) {
                forget(Poller.WRITE);
            }
            return result;
        } finally {
            sends.clear();
        }
    }

    @Override
    public int connect(InetSocketAddress to) {
        assert !closed;
        driver.countSystemCall();
        return socket.connect(to);
    }

    @Override
    public int disconnect() {
        assert !closed;
        driver.countSystemCall();
        return socket.disconnect();
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        assert !closed;
        driver.countSystemCall();
        return socket.join(group, interfaceIndex, source);
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        assert !closed;
        driver.countSystemCall();
        return socket.leave(group, interfaceIndex, source);
    }

    @Override
    public @Nullable DatagramFault takeFault() {
        assert !closed;
        driver.countSystemCall();
        return socket.takeFault();
    }

    @Override
    public int setOption(DatagramOption option, int value) {
        assert !closed;
        driver.countSystemCall();
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(DatagramOption option) {
        assert !closed;
        driver.countSystemCall();
        return socket.getOption(option);
    }

    @Override
    int interest() {
        int read = receiving && !stopping ? Poller.READ : 0;
        return sending ? read | Poller.WRITE : read;
    }

    @Override
    void runWithin(ReceiveBatch streams) {
        streams.run();
        if (!closed) {
            try {
                run();
            } catch (RuntimeException | Error failure) {
                driver.broke(this, failure);
            }
        }
    }

    @Override
    void advance() {
        int received = 0;
        for (int i = 0; i < CALLS_PER_POLL && received < DATAGRAMS_PER_POLL && mayReceive(); i++) {
            if (i > 0 && !driver.mayReceiveAgain()) {
                break;
            }
            received += receive();
        }
        if (received > 0 && !closed) {
            sink.onBatchEnd();
        }
        if (!closed && sending && believes(Poller.WRITE)) {
            int result = attempt();
            if (result != Code.WOULD_BLOCK) {
                reportSent(result);
            }
        }
    }

    private boolean mayReceive() {
        return !closed && receiving && !stopping && believes(Poller.READ);
    }

    /** Answers how many came. */
    private int receive() {
        DatagramReceives receives = shared.receives;
        try {
            fill(receives);
            int given = receives.count();
            if (given == 0) {
                reportReceiveStopped(Code.NO_CHUNKS);
                return 0;
            }
            driver.countSystemCall();
            int result = socket.receive(receives);
            if (result > 0) {
                batch = Math.min(Math.max(2 * result, batch / 2), DatagramReceives.MOST);
                if (result < given && !believes(Poller.HANGUP)) {
                    forget(Poller.READ);
                }
                deliver(receives, result);
            } else if (result == Code.WOULD_BLOCK) {
                // An error that was heard of is over as well.
                forget(Poller.READ | Poller.HANGUP);
            } else {
                reportReceiveStopped(result);
            }
            return Math.max(result, 0);
        } finally {
            receives.releaseRest();
        }
    }

    private void fill(DatagramReceives receives) {
        int most = driver.chunks.hasPlenty() ? Math.min(batch, socket.mostReceives()) : 1;
        for (int i = 0; i < most; i++) {
            PoolChunk chunk = i > 0 && !driver.chunks.hasPlenty() ? null : driver.chunks.acquire();
            if (chunk == null) {
                return;
            }
            receives.add(chunk);
        }
    }

    /** Some may come after a stop; those behind a close are dropped. */
    private void deliver(DatagramReceives receives, int count) {
        for (int i = 0; i < count && !closed; i++) {
            PoolChunk chunk = receives.take(i);
            driver.countCompletion();
            try {
                sink.onDatagram(chunk, receives.info(i));
            } finally {
                chunk.release();
            }
        }
    }

    @Override
    void reportAll(int code) {
        if (receiving) {
            reportReceiveStopped(code);
        }
        if (sending) {
            reportSent(code);
        }
    }

    @Override
    void tellReceiveStopped(int code) {
        sink.onReceiveStopped(code);
    }

    private void reportSent(int result) {
        sending = false;
        driver.countCompletion();
        sink.onSent(result);
    }

    @Override
    void reportClosed() {
        driver.countCompletion();
        sink.onClosed();
    }
}
