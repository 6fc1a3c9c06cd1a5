// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.StagingPool;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.ByteStream;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A stream's sending half: one send at a time, in order, many writes to one system call.
 *
 * <p>A write only queues. The queue is flushed when the callback that wrote returns, or before the
 * loop waits, so that what one callback writes leaves together. What ends, ends in the order of the
 * writes, and its callbacks run deferred. Nothing here runs user code on the stack of a user's
 * call.
 */
final class Outbound extends WriteQueue {
    private final LoopStream stream;
    private final Loop loop;
    private Watermarks watermarks = Watermarks.DEFAULT;

    /** Made when first needed; an echo writes in callbacks only, and never does. */
    private @Nullable Flush flush;

    /** Made when there is somebody to hear. */
    private @Nullable WriteDelivery delivery;

    /**
     * When the kernel took bytes last, or when the queue became non-empty; for the write timeout.
     */
    long lastProgress;

    private boolean sending;

    /**
     * Why nothing can be sent any more, or OK: what failed first decides. A failed write takes
     * along whatever follows it, whatever the reason: were later writes sent, the peer would see a
     * gap in the stream and could not know it, and an orderly end would tell it that it has
     * everything.
     */
    private int broken = Code.OK;

    /** The turn to which {@link #spent} belongs. */
    private int turn;

    /** How much of its share of the turn the stream has used up. */
    private int spent;

    private boolean countsAsRequest;

    /** Whether something was queued since the last flush. */
    private boolean flushNeeded;

    /** Whether a callback of this stream is running, at whose end there is a flush anyway. */
    private boolean inBurst;

    /** Whether a writer was told to pause. */
    private boolean aboveHigh;

    /** Whether a half-close was asked for, or {@link #closeWhenDrained}. */
    private boolean finishing;

    private boolean closeWhenDrained;

    Outbound(LoopStream stream) {
        super(stream.loop().part(PendingWrite.Pool.OF_LOOP));
        this.stream = stream;
        loop = stream.loop();
    }

    /**
     * Only memory is limited: a file waits on its disk.
     *
     * @param copied how many of the bytes are to be copied
     */
    void ensureRoom(long bytes, long copied, int writes) {
        try {
            watermarks.ensureRoom(
                    "write", stream, bytes, copied, writes, unsentMemoryBytes(), size());
        } catch (IllegalStateException noRoom) {
            // Told to wait, the writer is to hear when there is room, as after an answer of false.
            aboveHigh |= hasUnsent();
            throw noRoom;
        }
    }

    /** Takes one owner's share of the chunk. There must be room. */
    boolean write(PoolChunk chunk, @Nullable WriteCallback callback) {
        add(chunk, callback);
        return queued();
    }

    /**
     * Takes the bytes up to the buffer's limit; its memory is the queue's until the write ends.
     * There must be room.
     */
    boolean write(ByteBuffer buffer, @Nullable WriteCallback callback) {
        add(buffer, callback);
        buffer.position(buffer.limit());
        return queued();
    }

    /** Takes a copy out of the loop's staging pool. There must be room. */
    boolean writeCopy(PoolChunk copy, @Nullable WriteCallback callback) {
        addCopy(copy, callback);
        return queued();
    }

    private void addCopy(PoolChunk copy, @Nullable WriteCallback callback) {
        if (StagingPool.isOnHeap(copy)) {
            add(new HeapRegion(copy, loop.staging), callback);
        } else {
            add(copy, callback);
        }
    }

    /**
     * Takes several buffers as one write, all of them or, if memory for a copy is lacking, none.
     * There must be room.
     */
    boolean write(ByteBuffer[] buffers, @Nullable WriteCallback callback) {
        PendingWrite before = newest();
        try {
            long bytes = 0;
            for (int i = 0; i < buffers.length; i++) {
                boolean continued = i < buffers.length - 1;
                addPart(buffers[i], continued ? null : callback);
                bytes = partOfWrite(bytes, continued);
            }
        } catch (RuntimeException | Error failure) {
            withdraw(before, buffers);
            throw failure;
        }
        return queued();
    }

    /** Takes a buffer with at least one byte, as one write; descriptors go with the first. */
    boolean write(ByteBuffer buffer, int[] descriptors, @Nullable WriteCallback callback) {
        PendingWrite before = newest();
        int start = buffer.position();
        try {
            boolean continued = buffer.remaining() > 1;
            byte carrier = buffer.get();
            add(new DescriptorRegion(carrier, descriptors), continued ? null : callback);
            long bytes = partOfWrite(0, continued);
            if (continued) {
                addPart(buffer, callback);
                partOfWrite(bytes, false);
            }
        } catch (RuntimeException | Error failure) {
            withdraw(before, new ByteBuffer[] {buffer.duplicate(), buffer});
            buffer.position(start);
            throw failure;
        }
        return queued();
    }

    private void addPart(ByteBuffer buffer, @Nullable WriteCallback callback) {
        if (loop.isToBeCopied(buffer)) {
            addCopy(loop.staging.copy(buffer), callback);
        } else {
            add(buffer, callback);
            buffer.position(buffer.limit());
        }
    }

    boolean write(FileRegion file, @Nullable WriteCallback callback) {
        add(file, callback);
        if (broken == Code.OK) {
            openFiles();
        }
        return queued();
    }

    /** A file of the queue is open, or cannot be opened. */
    void fileIsThere() {
        scheduleFlush();
    }

    Loop loop() {
        return loop;
    }

    /** Bytes taken, WOULD_BLOCK, or another code. */
    int tryWrite(ByteBuffer buffer, StreamPort port) {
        if (hasUnsent() || sending) {
            return Code.WOULD_BLOCK;
        }
        int taken = port.trySend(buffer);
        if (taken > 0) {
            countSent(taken);
        } else if (taken < 0 && taken != Code.WOULD_BLOCK) {
            broken = taken;
        }
        return taken;
    }

    boolean isFinishing() {
        return finishing;
    }

    /** Whether a writer was told to pause, and not yet to go on. */
    boolean isAboveHigh() {
        return aboveHigh;
    }

    /** Why nothing can be sent any more, or OK. */
    int broken() {
        return broken;
    }

    /** Why the file could not be opened because of which nothing can be sent, if that is why. */
    @Nullable IoException refusal() {
        return delivery == null ? null : delivery.refusal;
    }

    /** Whether more could be asked of a connection that there was, but for its loss. */
    boolean isLost() {
        return Connection.isLoss(broken) && !finishing && !hasUnsent();
    }

    /** The other half has found out that the connection is lost. What the driver has, it ends. */
    void connectionLost(int code) {
        if (broken == Code.OK) {
            broken = code;
            if (hasUnsent() || finishing) {
                scheduleFlush();
            }
        }
    }

    /** What is queued is measured against them from the next write or send on. */
    void watermarks(Watermarks newWatermarks) {
        watermarks = newWatermarks;
    }

    /** Who hears what of the writes. */
    WriteDelivery delivery() {
        if (delivery == null) {
            delivery = new WriteDelivery(stream, this);
        }
        return delivery;
    }

    CompletionStage<ByteStream> shutdown() {
        finishing = true;
        CompletionStage<ByteStream> future = delivery().shutdownBegins();
        scheduleFlush();
        return future;
    }

    void closeWhenDrained() {
        finishing = true;
        closeWhenDrained = true;
        scheduleFlush();
    }

    void connected() {
        scheduleFlush();
    }

    /** The connection never came about: what waits for it ends, after the connect itself. */
    void connectFailed() {
        failUnsent(Code.CANCELLED);
        broken = Code.NOT_CONNECTED;
        if (finishing) {
            delivery().shutdownEnds(Code.CANCELLED);
        }
        settle();
        if (closeWhenDrained) {
            delivery().schedule();
        }
    }

    /**
     * Whether the driver has a send, or no socket to send to yet. If not although there is
     * something unsent, a flush is about to hand it over, unless that is a file which is opened
     * first.
     */
    boolean isAsked() {
        return sending || stream.port == null || nextWaits();
    }

    /** See {@link io.millrace.spi.StreamSink#prefetch}. */
    int prefetch() {
        return size() + (sending ? 1 : 0);
    }

    /** A callback begins whose writes {@link #flushBurst} is going to send. */
    void beginBurst() {
        inBurst = true;
    }

    /** Sends what the callback that has just returned has queued. */
    void flushBurst() {
        inBurst = false;
        if (flushNeeded && stream.isOpen()) {
            flushNow();
        }
    }

    @Override
    void gather(Gather into) {
        super.gather(into);
        if (nobodyWaitsFor(into.bytes())) {
            into.allowLateReport();
        }
    }

    /** Whether the end of a send that takes so many bytes brings nothing about that is due. */
    private boolean nobodyWaitsFor(long bytes) {
        return bytes == unsentBytes()
                && !hasUnsentFiles()
                && !hasCallbacks()
                && !aboveHigh
                && !finishing
                && loop.handles.hasActive();
    }

    void onSent(int result) {
        sending = false;
        sent(result);
        if (stream.isOpen()) {
            flushNow();
        }
    }

    /**
     * The stream has closed: delivers what had ended, cancels the rest, then the shutdown. What
     * could not succeed anyway fails for the reason that was there before the close: whether an
     * driver had told each of the writes by then is chance.
     */
    void finish() {
        int reason = broken == Code.OK ? Code.CANCELLED : broken;
        failUnsent(reason);
        if (delivery != null || hasEnded()) {
            delivery().shutdownEnds(reason);
            delivery().runDeferred();
        }
    }

    private boolean queued() {
        if (!countsAsRequest) {
            countsAsRequest = true;
            loop.handles.requestBegins();
            lastProgress = loop.clock.now();
        }
        scheduleFlush();
        if (exceeds(watermarks.high())) {
            aboveHigh = true;
        }
        return !aboveHigh;
    }

    private void scheduleFlush() {
        flushNeeded = true;
        if (!inBurst) {
            loop.flushes.add(flush());
        }
    }

    private Flush flush() {
        if (flush == null) {
            flush = new Flush();
        }
        return flush;
    }

    /**
     * Hands the driver as much as it takes, up to the stream's share of the turn: a reader that
     * keeps up makes room as fast as it is filled.
     */
    private void flushNow() {
        flushNeeded = false;
        StreamPort port = stream.port;
        if (broken != Code.OK && !sending) {
            failUnsent(broken);
        }
        while (port != null && !sending && hasUnsent()) {
            if (nextWaits()) {
                break;
            }
            if (hasSpentShare()) {
                flushNeeded = true;
                loop.shares.continueNextTurn(flush());
                break;
            }
            int result = sendNext(port);
            if (result == Code.PENDING) {
                sending = true;
            } else {
                sent(result);
            }
        }
        if (broken == Code.OK) {
            openFiles();
        }
        settle();
        if (finishing && !hasUnsent() && (port != null || broken != Code.OK)) {
            drained(port);
        }
    }

    private boolean hasSpentShare() {
        return turn == loop.shares.turn() && spent >= loop.shares.bytesForEach();
    }

    private void spend(int bytes) {
        int now = loop.shares.turn();
        int cost = bytes + TurnShares.SEND_BYTES;
        spent = turn == now ? spent + cost : cost;
        turn = now;
        loop.shares.countSent(cost);
    }

    private int sendNext(StreamPort port) {
        if (nextIsEmpty()) {
            return 0;
        }
        WriteRegion region = nextRegion();
        return region == null ? port.send() : region.sendBy(port, loop.shares.bytesForFile());
    }

    private void sent(int result) {
        if (result < 0) {
            breakOff(result);
        } else if (result == 0 && isShortRegion()) {
            breakOff(Code.IO_ERROR);
        } else {
            spend(result);
            advance(result);
            lastProgress = loop.clock.now();
            countSent(result);
            if (broken != Code.OK) {
                failUnsent(broken);
            }
        }
    }

    /** What a layer hands on is counted below. */
    private void countSent(int bytes) {
        if (stream.isDriven) {
            loop.counters.countSent(bytes);
        }
    }

    /** Once the connection is known to be lost, drivers differ in how they go on about it. */
    private void breakOff(int code) {
        if (broken == Code.OK) {
            broken = code;
            if (nextRegion() instanceof FileRegion file && file.refusal() != null) {
                delivery().refusal = file.refusal();
            }
        }
        failUnsent(broken);
    }

    private void failUnsent(int code) {
        while (hasUnsent()) {
            failNext(stream, code);
        }
    }

    /** The queue has gone down: callbacks are due, or the last write has ended unnoticed. */
    private void settle() {
        skipSilent();
        if (aboveHigh && !exceeds(watermarks.low())) {
            aboveHigh = false;
            delivery().becameWritable();
        }
        if (hasEnded() || (finishing && delivery().isShutdownDue())) {
            delivery().schedule();
        }
        noteEmpty();
    }

    void noteEmpty() {
        if (countsAsRequest && isEmpty()) {
            countsAsRequest = false;
            loop.handles.requestEnds();
        }
    }

    /**
     * Nothing is left to send: time for the half-close or the close that waited for it. If that is
     * because a write has failed, the half-close fails as well, and the close waits until all of it
     * is told.
     */
    private void drained(@Nullable StreamPort port) {
        if (delivery().awaitsShutdown()) {
            if (broken == Code.OK && port != null) {
                broken = port.shutdownOutput();
            }
            delivery().shutdownEnds(broken);
            delivery().schedule();
        }
        if (closeWhenDrained) {
            if (broken == Code.OK) {
                stream.close();
            } else {
                delivery().schedule();
            }
        }
    }

    /**
     * What there was to tell has been told. A close that was to follow writes which failed is a
     * reset: an orderly end would tell the peer that it has got everything.
     */
    void told() {
        if (closeWhenDrained && broken != Code.OK && !hasUnsent()) {
            stream.closeReset();
        }
    }

    /** What waits to be sent or told, and why it waits. Loop thread. */
    @Override
    public String toString() {
        return "Outbound["
                + super.toString()
                + (sending ? ", sending" : "")
                + (flushNeeded ? ", to be flushed" : "")
                + (aboveHigh ? ", writers told to pause" : "")
                + (finishing ? ", finishing" : "")
                + (closeWhenDrained ? ", then closes" : "")
                + (broken == Code.OK ? "" : ", broken " + Code.name(broken))
                + "]";
    }

    private final class Flush extends Deferred {
        @Override
        public void runDeferred() {
            flushBurst();
        }

        @Override
        public LoopHandle owner() {
            return stream;
        }
    }
}
