// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream over readiness: tries what may succeed, remembers what would block.
 *
 * <p>A sink called from here may issue any command on this port, close included; so after every
 * call of a sink the state is looked at afresh.
 */
final class ReactorStream extends ReactorPort implements StreamPort {
    /**
     * After a full chunk turned out to be all there was, so many more full ones are taken for all
     * there is. Messages as long as a chunk then cost a receive that finds nothing only now and
     * then, and a long stream soon gets several receives to a poll again.
     */
    static final int FULL_CHUNKS_TAKEN_FOR_ALL = 15;

    private final RawStream socket;
    private final StreamSink sink;

    private boolean connecting;
    private boolean receiving;
    private boolean stopping;
    private @Nullable ByteBuffer target;
    private boolean sending;

    /** Full chunks that are still taken for all there is. Edge-triggered, none may be. */
    private int takenForAll;

    /** What is being sent when it is not what the sink gathers. */
    private @Nullable FileSend file;

    /** What goes with {@link #carrier} when that is what is being sent. */
    private int @Nullable [] passing;

    private byte carrier;
    private boolean takesDescriptors;

    ReactorStream(ReactorDriver driver, RawStream socket, StreamSink sink) {
        super(driver, socket);
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public int bind(SocketAddress local) {
        assert !closed && !connecting;
        driver.countSystemCall();
        return socket.bind(local);
    }

    @Override
    public int connect(SocketAddress to) {
        assert !closed && !connecting;
        int result = socket.connect(to);
        driver.countSystemCall();
        if (result != Code.IN_PROGRESS) {
            return result;
        }
        connecting = true;
        forget(Poller.WRITE);
        awaitReady(Poller.WRITE);
        return Code.PENDING;
    }

    @Override
    public void startReceive() {
        assert !closed && !receiving && target == null;
        receiving = true;
        awaitReady(Poller.READ);
    }

    @Override
    public void stopReceive() {
        assert !closed;
        if (receiving && !stopping) {
            stopping = true;
            driver.end(this);
        }
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        assert !closed && !receiving && target == null;
        assert into.isDirect() && into.hasRemaining();
        target = into;
        awaitReady(Poller.READ);
    }

    @Override
    public int send() {
        assert !closed && !sending;
        return started(surelyBlocked() ? Code.WOULD_BLOCK : sendGathered());
    }

    /** Sends are made with memory gathered right before, so these are like any other. */
    @Override
    public int sendPassing() {
        return send();
    }

    @Override
    public int sendFile(OpenFile source, long position, long count) {
        assert !closed && !sending;
        FileSend send = new FileSend(source, position, count);
        int result = started(surelyBlocked() ? Code.WOULD_BLOCK : sendFrom(send));
        if (result == Code.PENDING) {
            file = send;
        }
        return result;
    }

    @Override
    public int sendDescriptors(byte with, int[] descriptors) {
        assert !closed && !sending;
        int result = started(surelyBlocked() ? Code.WOULD_BLOCK : sendPassed(with, descriptors));
        if (result == Code.PENDING) {
            carrier = with;
            passing = descriptors;
        }
        return result;
    }

    private int sendPassed(byte with, int[] descriptors) {
        int result = socket.sendDescriptors(with, descriptors);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.WRITE);
        }
        return result;
    }

    @Override
    public void takeDescriptors() {
        assert !closed && !receiving;
        socket.takeDescriptors();
        takesDescriptors = true;
    }

    /** Before the bytes that they came with. */
    private void tellDescriptors() {
        Passed passed = socket.passed();
        if (passed != null) {
            sink.onDescriptors(passed);
        }
    }

    @Override
    public int trySend(ByteBuffer source) {
        assert !closed && !sending;
        if (surelyBlocked()) {
            return Code.WOULD_BLOCK;
        }
        int start = source.position();
        int limit = source.limit();
        Gather gather = driver.gather;
        int taken = 0;
        try {
            gather.add(source, 0, start, limit);
            int result = sent(gather);
            taken = Math.max(result, 0);
            return result;
        } finally {
            gather.clear();
            source.limit(limit).position(start + taken);
        }
    }

    @Override
    public int shutdownOutput() {
        assert !closed;
        driver.countSystemCall();
        return socket.shutdownOutput();
    }

    @Override
    public int shutdownInput() {
        assert !closed;
        driver.countSystemCall();
        return socket.shutdownInput();
    }

    @Override
    public int peerCredentials(int[] into) {
        assert !closed;
        return socket.peerCredentials(into);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        assert !closed;
        return socket.remoteAddress();
    }

    /** The last send filled the socket, and the poller will tell when there is room again. */
    private boolean surelyBlocked() {
        return !believes(Poller.WRITE) && (told & Poller.WRITE) != 0;
    }

    private int started(int result) {
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        sending = true;
        awaitReady(Poller.WRITE);
        return Code.PENDING;
    }

    @Override
    int interest() {
        int read = wantsRead() ? Poller.READ : 0;
        return connecting || sending ? read | Poller.WRITE : read;
    }

    private boolean wantsRead() {
        return (receiving && !stopping) || target != null;
    }

    /** Reads what {@link #run} is going to need. */
    int prefetch() {
        return socket.descriptor() + sink.prefetch();
    }

    @Override
    void runWithin(ReceiveBatch batch) {
        batch.add(this);
    }

    /** Whether a receive into a chunk comes first. */
    boolean startsWithChunk() {
        return !closed
                && receiving
                && !stopping
                && !connecting
                && !takesDescriptors
                && believes(Poller.READ);
    }

    /** Leaves that receive to a row; {@link #run(PoolChunk, int)} goes on from there. */
    void addTo(ReceiveRow row, PoolChunk chunk) {
        row.add(socket, chunk);
    }

    /** What {@link #advance} does if it {@link #startsWithChunk}, after that receive. */
    void run(PoolChunk first, int result) {
        driver.countSystemCall();
        if (closed) {
            first.release();
            return;
        }
        runBegins();
        received(first, result, false);
        receive(1);
        goOnSending();
        runEnds();
    }

    @Override
    void advance() {
        if (connecting && believes(Poller.WRITE)) {
            finishConnect();
        }
        receive(0);
        goOnSending();
    }

    private void finishConnect() {
        int result = socket.finishConnect();
        driver.countSystemCall();
        if (result == Code.IN_PROGRESS) {
            forget(Poller.WRITE);
        } else {
            reportConnected(result);
        }
    }

    /**
     * @param before how many receives this stream has had in this poll
     */
    private void receive(int before) {
        for (int i = before; i < driver.receivesPerPoll; i++) {
            if (closed || !believes(Poller.READ) || (i > 0 && !driver.mayReceiveAgain())) {
                return;
            }
            if (target != null) {
                receiveInto();
            } else if (receiving && !stopping) {
                receiveChunk(i > 0);
            } else {
                return;
            }
        }
    }

    /** A chunk is taken when there is something to put into it: silent streams hold no memory. */
    private void receiveChunk(boolean again) {
        PoolChunk chunk = driver.chunks.acquire();
        if (chunk == null) {
            reportReceiveStopped(Code.NO_CHUNKS);
            return;
        }
        driver.countSystemCall();
        int result;
        try {
            result = socket.receive(chunk);
        } catch (Throwable failure) {
            chunk.release();
            throw failure;
        }
        received(chunk, result, again);
    }

    /**
     * @param again whether the chunk before, in the same run, was filled
     */
    private void received(PoolChunk chunk, int result, boolean again) {
        if (result > 0) {
            if (result < chunk.capacity()) {
                drained();
            } else if (takenForAll > 0) {
                takenForAll--;
                forget(Poller.READ);
            }
            chunk.filled(0, result);
            driver.countCompletion();
            try {
                if (takesDescriptors) {
                    tellDescriptors();
                }
                sink.onReceive(chunk);
            } finally {
                chunk.release();
            }
            return;
        }
        chunk.release();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.READ);
            if (again && !driver.edgeTriggered) {
                takenForAll = FULL_CHUNKS_TAKEN_FOR_ALL;
            }
        } else {
            reportReceiveStopped(result);
        }
    }

    @SuppressWarnings("NullAway") // called only with a target
    private void receiveInto() {
        int room = target.remaining();
        int result = socket.receive(target);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.READ);
            return;
        }
        if (result > 0) {
            if (result < room) {
                drained();
            } else if (!driver.edgeTriggered) {
                // Targets are often as long as the message, so a full one says little; asking the
                // poller again costs less than a receive that is likely to find nothing.
                forget(Poller.READ);
            }
            if (takesDescriptors) {
                tellDescriptors();
            }
        }
        reportReceivedInto(result);
    }

    /** A short read emptied the socket, unless the peer's end may be right behind the bytes. */
    private void drained() {
        boolean isAll = !driver.edgeTriggered || socket.shortReceiveIsAll();
        if (isAll && !believes(Poller.HANGUP)) {
            forget(Poller.READ);
        }
    }

    private void goOnSending() {
        if (!closed && sending && believes(Poller.WRITE)) {
            finishSend();
        }
    }

    private void finishSend() {
        FileSend send = file;
        int[] descriptors = passing;
        int result;
        if (descriptors != null) {
            result = sendPassed(carrier, descriptors);
        } else {
            result = send == null ? sendGathered() : sendFrom(send);
        }
        if (result != Code.WOULD_BLOCK) {
            reportSent(result);
        }
    }

    private int sendGathered() {
        Gather gather = driver.gather;
        try {
            sink.gather(gather);
            return sent(gather);
        } finally {
            // Also when something fails: the next stream must not send these bytes.
            gather.clear();
        }
    }

    private int sent(Gather gather) {
        int result = socket.send(gather);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK || (result >= 0 && result < gather.bytes())) {
            forget(Poller.WRITE);
        }
        return result;
    }

    /**
     * A short count may also mean the end of the file, so only blocking says that the socket is
     * full.
     */
    private int sendFrom(FileSend send) {
        int result = send.sendTo(socket);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.WRITE);
        }
        return result;
    }

    @Override
    void reportStopped() {
        if (stopping) {
            reportReceiveStopped(Code.CANCELLED);
        }
    }

    @Override
    void reportAll(int code) {
        if (connecting) {
            reportConnected(code);
        }
        if (receiving) {
            reportReceiveStopped(code);
        }
        if (target != null) {
            reportReceivedInto(code);
        }
        if (sending) {
            reportSent(code);
        }
    }

    private void reportConnected(int code) {
        connecting = false;
        driver.countCompletion();
        sink.onConnected(code);
    }

    private void reportReceiveStopped(int code) {
        receiving = false;
        stopping = false;
        driver.countCompletion();
        sink.onReceiveStopped(code);
    }

    private void reportReceivedInto(int result) {
        target = null;
        driver.countCompletion();
        sink.onReceivedInto(result);
    }

    private void reportSent(int result) {
        sending = false;
        file = null;
        passing = null;
        driver.countCompletion();
        sink.onSent(result);
    }

    @Override
    void reportClosed() {
        driver.countCompletion();
        sink.onClosed();
    }
}
