// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import io.millrace.spi.StreamSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link TlsPort}: a send becomes a few full records, and the kernel is
 * offered them at once. What it does not take is queued below, and then the send is pending until
 * it has.
 */
final class RecordWriter implements WriteCallback {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** How far a stream's first records are small, if that is asked for. */
    private static final int FIRST_BYTES = 1 << 16;

    /** An engine may first hand out what it keeps. */
    private static final int MOST_PROVOCATIONS = 4;

    private final TlsPort port;
    private final ByteStream below;
    private final SSLEngine engine;
    private final StreamSink sink;
    private final LoopBuffers buffers;

    /** The most that one of the first records has in it. */
    private final int firstRecords;

    /** So far; no further than it is of interest. */
    private int sentBytes;

    /** How much plaintext is in the records below whose end is awaited; 0 if none is. */
    private int awaited;

    /** Whether there is something to gather when the port is uncorked. */
    private boolean waits;

    /** The file that waits likewise; null if memory does. */
    private @Nullable OpenFile waitingFile;

    private long filePosition;
    private long fileCount;

    /** What the last call of the engine made of the records was about. */
    private @Nullable TlsFailure failure;

    private boolean closeNotified;

    RecordWriter(
            TlsPort port,
            ByteStream below,
            SSLEngine engine,
            StreamSink sink,
            LoopBuffers buffers,
            int firstRecords) {
        this.port = port;
        this.below = below;
        this.engine = engine;
        this.sink = sink;
        this.buffers = buffers;
        this.firstRecords = firstRecords;
    }

    @Nullable TlsFailure failure() {
        return failure;
    }

    int send() {
        waitingFile = null;
        if (port.isCorked()) {
            waits = true;
            return Code.PENDING;
        }
        return sendNow();
    }

    int sendFile(OpenFile file, long position, long count) {
        waitingFile = file;
        filePosition = position;
        fileCount = count;
        if (port.isCorked()) {
            waits = true;
            return Code.PENDING;
        }
        return sendNow();
    }

    /** Sends what was held back, if anything was. */
    void sendWaiting() {
        if (waits) {
            waits = false;
            int result = sendNow();
            if (result != Code.PENDING) {
                sink.onSent(result);
            }
        }
    }

    private int sendNow() {
        int broken = port.broken();
        if (broken != Code.OK) {
            return broken;
        }
        OpenFile file = waitingFile;
        waitingFile = null;
        LoopBuffers.Out out = buffers.takeOutput();
        try {
            int bytes = file == null ? wrapGathered(out) : wrapFile(out, file);
            return bytes <= 0 ? bytes : handOver(out, bytes);
        } catch (SSLException | RuntimeException refused) {
            failure = TlsFailure.refused(refused);
            return failure.code();
        } finally {
            buffers.giveBack(out);
        }
    }

    /**
     * Makes records of what core has queued: the bytes that are in them, or a code. What is left of
     * a part of the queue, and no whole record, goes with the next part.
     */
    private int wrapGathered(LoopBuffers.Out out) throws SSLException {
        Gather gather = buffers.gather;
        sink.gather(gather);
        try {
            boolean goesOn = true;
            for (int i = 0; i < gather.count() && goesOn; i++) {
                ByteBuffer memory = gather.buffer(i);
                int at = gather.start(i);
                int end = at + gather.length(i);
                while (out.plain.position() == 0
                        && at < end
                        && isRecord(gather, i, end - at, out)) {
                    memory.limit(Math.min(end, at + recordSize())).position(at);
                    int taken = wrapRecord(memory, out);
                    if (taken == 0) {
                        return failure == null ? out.taken : failure.code();
                    }
                    at += taken;
                }
                memory.limit(end);
                while (at < end && makeRoom(out)) {
                    int filled = out.plain.position();
                    int part = Math.min(end - at, recordSize() - filled);
                    out.plain.put(filled, memory, at, part).position(filled + part);
                    at += part;
                }
                goesOn = at == end;
            }
            if (gather.isFull()) {
                makeRoom(out);
            }
            if (!gather.isFull() || out.taken == 0) {
                wrapRest(out);
            }
            return failure == null ? out.taken : failure.code();
        } finally {
            gather.clear();
        }
    }

    /**
     * Whether what is left of a segment is a record as it lies there: a full one, or the last. So
     * only what is written in small pieces is copied, and what the engine's memory is not good for.
     */
    private boolean isRecord(Gather gather, int segment, int left, LoopBuffers.Out out) {
        boolean isLast = segment == gather.count() - 1 && (out.taken == 0 || !gather.isFull());
        return (isLast || left >= recordSize()) && buffers.takes(gather.buffer(segment));
    }

    private int wrapFile(LoopBuffers.Out out, OpenFile file) throws SSLException {
        int read = 0;
        int more = 1;
        while (read < fileCount && more > 0 && makeRoom(out)) {
            out.plain.limit((int) Math.min(recordSize(), out.plain.position() + fileCount - read));
            try {
                more = out.read(file, filePosition + read);
            } catch (IOException unreadable) {
                if (read == 0) {
                    return FileErrors.codeOf(unreadable);
                }
                more = 0;
            }
            read += Math.max(0, more);
        }
        wrapRest(out);
        return failure == null ? out.taken : failure.code();
    }

    private int recordSize() {
        return firstRecords > 0 && sentBytes < FIRST_BYTES
                ? firstRecords
                : LoopBuffers.RECORD_BYTES;
    }

    /**
     * Sees to it that the buffer for plaintext takes more: a full one becomes a record. What the
     * engine leaves of it goes with what follows: the JDK's takes 16,367 bytes into a record of TLS
     * 1.3 that might have 16,384, and any may have agreed on less with the peer.
     *
     * @return false if no other record is to be made in this send
     */
    private boolean makeRoom(LoopBuffers.Out out) throws SSLException {
        if (out.plain.position() < recordSize()) {
            return true;
        }
        out.plain.flip();
        int taken;
        do {
            taken = wrapRecord(out.plain, out);
        } while (taken > 0 && out.plain.remaining() >= taken);
        out.plain.compact();
        return taken > 0 && hasRoom(out);
    }

    private static boolean hasRoom(LoopBuffers.Out out) {
        return out.records.remaining() >= LoopBuffers.MOST_RECORD_BYTES;
    }

    /** Makes records of what is left in the buffer for plaintext, as far as there is room. */
    private void wrapRest(LoopBuffers.Out out) throws SSLException {
        out.plain.flip();
        int taken;
        do {
            taken = out.plain.hasRemaining() ? wrapRecord(out.plain, out) : 0;
        } while (taken > 0);
        out.plain.clear();
    }

    /** One record, and how much is in it; 0 if there is no room for another, or it failed. */
    private int wrapRecord(ByteBuffer plain, LoopBuffers.Out out) throws SSLException {
        int taken = 0;
        while (taken == 0 && failure == null && hasRoom(out)) {
            SSLEngineResult result = engine.wrap(plain, out.records);
            taken = result.bytesConsumed();
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                failure = TlsFailure.noHalfClose();
            } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (taken == 0 && result.bytesProduced() == 0) {
                throw new SSLException("the engine makes no record: " + result.getStatus());
            }
        }
        sentBytes = Math.min(FIRST_BYTES, sentBytes + taken);
        out.taken += taken;
        return taken;
    }

    /** Those that come up between two writes are no more than keys derived anew. */
    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Offers the kernel what was made; the bytes in it, PENDING, or a code. */
    private int handOver(LoopBuffers.Out out, int bytes) {
        try {
            pass(out, this);
        } catch (IoException broken) {
            failure = TlsFailure.below(broken);
            return failure.code();
        }
        if (below.writeQueueSize() == 0) {
            return bytes;
        }
        awaited = bytes;
        return Code.PENDING;
    }

    /** To the kernel at once, as far as it takes it, and otherwise to the queue below. */
    private void pass(LoopBuffers.Out out, @Nullable WriteCallback callback) throws IoException {
        ByteBuffer records = out.ready();
        if (below.writeQueueSize() == 0) {
            below.tryWrite(records);
        }
        if (records.hasRemaining()) {
            below.write(out.array(), records.position(), records.remaining(), callback);
        }
    }

    @Override
    public void onWritten(ByteStream stream, @Nullable IoException reason) {
        int bytes = awaited;
        awaited = 0;
        if (bytes == 0) {
            return;
        }
        if (reason == null) {
            sink.onSent(bytes);
        } else {
            failure = failure == null ? TlsFailure.below(reason) : failure;
            sink.onSent(failure.code());
        }
    }

    /** Never pending: what the kernel leaves of the one record is queued below. */
    int trySend(ByteBuffer source) {
        int broken = port.broken();
        if (broken != Code.OK) {
            return broken;
        }
        if (below.writeQueueSize() > 0) {
            return Code.WOULD_BLOCK;
        }
        LoopBuffers.Out out = buffers.takeOutput();
        try {
            int bytes = Math.min(source.remaining(), recordSize());
            out.plain.put(0, source, source.position(), bytes).position(bytes).flip();
            int taken = wrapRecord(out.plain, out);
            // What the engine leaves of the last bytes has none to go with.
            while (taken > 0 && out.plain.hasRemaining() && bytes == source.remaining()) {
                taken = wrapRecord(out.plain, out);
            }
            if (failure != null) {
                return failure.code();
            }
            pass(out, null);
            source.position(source.position() + out.taken);
            return out.taken;
        } catch (IoException failed) {
            failure = TlsFailure.below(failed);
            return failure.code();
        } catch (SSLException | RuntimeException refused) {
            failure = TlsFailure.refused(refused);
            return failure.code();
        } finally {
            buffers.giveBack(out);
        }
    }

    /** Writes what the engine has to say of its own; whether it had anything. */
    boolean wrapHandshake() throws SSLException {
        LoopBuffers.Out out = buffers.takeOutput();
        try {
            SSLEngineResult result = engine.wrap(NOTHING, out.records);
            if (result.bytesProduced() > 0) {
                int bytes = out.ready().remaining();
                below.write(out.array(), 0, bytes);
            }
            return result.bytesProduced() > 0
                    || result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP;
        } finally {
            buffers.giveBack(out);
        }
    }

    /**
     * Tells the peer why, as far as the engine has words for it, and does not insist.
     *
     * @param isRefusal whether the engine itself knows of nothing, and is to be brought to say no
     * @param shaken whether the handshake is over
     */
    void sendAlert(boolean isRefusal, boolean shaken) {
        if (below.isWritable()) {
            if (isRefusal) {
                provoke(shaken);
            }
            lastRecords();
        }
    }

    /** An {@code SSLEngine} cannot be told to send an alert, but only be given a reason for one. */
    private void provoke(boolean shaken) {
        ByteBuffer reason = ByteBuffer.wrap(Refusal.provocation(shaken));
        PlainChunk room = buffers.takeChunk();
        try {
            for (int i = 0; i < MOST_PROVOCATIONS && reason.hasRemaining(); i++) {
                engine.unwrap(reason, room.memory().clear());
            }
        } catch (SSLException | RuntimeException refused) {
            // Just as it should: whoever writes next gets the alert, and whoever asks our reason.
            Log.CORE.report(System.Logger.Level.TRACE, "a TLS engine was provoked", refused);
        } finally {
            room.release();
        }
    }

    /** Says that nothing more comes; OK, or a code. */
    int closeNotify() {
        if (closeNotified) {
            return Code.OK;
        }
        closeNotified = true;
        return lastRecords();
    }

    private int lastRecords() {
        LoopBuffers.Out out = buffers.takeOutput();
        try {
            engine.closeOutbound();
            SSLEngineResult result;
            do {
                result = engine.wrap(NOTHING, out.records);
            } while (result.bytesProduced() > 0
                    && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && out.records.remaining() > LoopBuffers.MOST_RECORD_BYTES);
            pass(out, null);
            return Code.OK;
        } catch (IoException failed) {
            return failed.number() == 0 ? Code.IO_ERROR : -failed.number();
        } catch (SSLException | RuntimeException nothingToSay) {
            // The engine has given up, and the connection ends all the same.
            return Code.PROTOCOL_ERROR;
        } finally {
            buffers.giveBack(out);
        }
    }

    /** The connection is over. */
    void releaseEngine() {
        LoopBuffers.Out out = buffers.takeOutput();
        release(engine, out.records);
        buffers.giveBack(out);
    }

    /**
     * Nobody needs this engine any more. One in native code may keep memory and descriptors
     * (Conscrypt's a pipe) until both of its directions are closed and what it would still say was
     * taken, or until the collector comes. The JDK's has nothing to keep, and would take a missing
     * close_notify for a reason to forget the session.
     *
     * @param records for what it would still say
     */
    static void release(SSLEngine engine, ByteBuffer records) {
        if (TlsContext.isOfJdk(engine)) {
            return;
        }
        try {
            engine.closeOutbound();
            engine.closeInbound();
            SSLEngineResult result;
            do {
                records.clear();
                result = engine.wrap(NOTHING, records);
            } while (result.bytesProduced() > 0);
        } catch (SSLException | RuntimeException refused) {
            // Then it is the collector's after all; whoever runs the server may want to know.
            Log.CORE.report(System.Logger.Level.DEBUG, "a TLS engine cannot be closed", refused);
        }
    }

    /** Whether nothing that was written is still to be sent; some may be with the queue below. */
    boolean hasSentAll() {
        if (awaited > 0 || waits) {
            return false;
        }
        Gather gather = buffers.gather;
        sink.gather(gather);
        boolean none = gather.bytes() == 0;
        gather.clear();
        return none;
    }

    /** The port is closed: a send that was pending has ended. */
    void cancel() {
        if (awaited > 0 || waits) {
            awaited = 0;
            waits = false;
            sink.onSent(Code.CANCELLED);
        }
    }
}
