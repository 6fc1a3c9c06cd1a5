// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Work;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Records in, records out: the port of a TLS stream, whose kernel is the stream below.
 *
 * <p>Records are decrypted as they come as long as somebody wants what is in them, and one batch
 * beyond: so that tickets and a {@code close_notify} are noticed, and a close finds nothing unread
 * that was not meant for the user. Then the stream below is paused. What cannot be decrypted yet,
 * because a record has not come in whole or a task of the engine's is running, waits in {@link
 * #pending}.
 *
 * <p>While what one callback below has brought is worked on, sends wait ({@link #corked}): whatever
 * was written meanwhile becomes as few records as it fits in, and one system call.
 */
final class TlsPort implements StreamPort, ReadHandler {
    /** As many records without a byte for the user may follow each other as in OpenSSL. */
    private static final int MOST_SILENT_RECORDS = 32;

    /** What the engine may owe a peer that does not read, such as answers to key updates. */
    private static final long MOST_OWED_BYTES = 1 << 18;

    /** How long a last word, such as an alert, may wait for a peer that does not read. */
    private static final Duration LAST_WORD = Duration.ofSeconds(2);

    /** How long a close waits for tickets that the peer may not send: for some round trips. */
    private static final Duration TICKETS_TIME = Duration.ofMillis(500);

    private static final long MOST_DRAINED_BYTES = 1 << 18;

    /** {@link #inputEnd} while the peer has not finished; no code is positive. */
    private static final int NOT_ENDED = 1;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsConnection owner;
    private final ByteStream below;
    private final SSLEngine engine;
    private final StreamSink sink;
    private final LoopBuffers buffers;
    private final boolean tasksInline;
    private final RecordWriter writer;

    /** Records that wait, from position to limit; null if none do. */
    private @Nullable ByteBuffer pending;

    /** Plaintext that nobody wants yet. */
    private @Nullable PlainChunk held;

    /** What is being decrypted into, and how far it is filled. */
    private @Nullable PlainChunk current;

    private int filled;

    /** Whether the engine keeps plaintext of a record that it has taken. */
    private boolean engineHolds;

    /** Where the user wants the next bytes; null if not asked for. */
    private @Nullable ByteBuffer target;

    private boolean started;
    private boolean connected;

    /** Whether the engine has more to do than records of data. */
    private boolean shaking = true;

    private @Nullable Work<Boolean> tasks;
    private int silentRecords;
    private boolean armed;
    private boolean stopping;
    private boolean corked;
    private int inputEnd = NOT_ENDED;
    private boolean belowEnded;
    private boolean belowPaused;
    private boolean belowClosed;
    private boolean closed;
    private boolean closeReported;
    private boolean resetAtClose;

    /** Whether a record has come since the handshake. */
    private boolean hasHeard;

    /** Whether it is closed but for a last word that the peer is to read. */
    private boolean lingers;

    private long drained;

    /** Why nothing works any more, with the code that it is known by above. */
    private @Nullable TlsFailure failure;

    TlsPort(
            TlsConnection owner,
            ByteStream below,
            TlsContext context,
            SSLEngine engine,
            StreamSink sink) {
        this.owner = owner;
        this.below = below;
        this.engine = engine;
        this.sink = sink;
        tasksInline = context.tasksInline();
        buffers = LoopBuffers.of(below.loop(), context.memoryOf(engine));
        writer = new RecordWriter(this, below, engine, sink, buffers, context.firstRecords());
    }

    /** The stream below is this one's from now on. */
    void takeOver() {
        below.readTimeout(Duration.ZERO, ByteStream::close);
        below.writeTimeout(Duration.ZERO, ByteStream::close);
        below.onWritable(() -> {});
        below.onWriteFailure((stream, reason) -> writeFailed(reason));
        below.onClosed(this::belowIsClosed);
        below.unref();
        below.read(this);
    }

    /** What {@link TlsConnection#schedule} was called for, on nobody's stack. */
    void runLater() {
        if (closed) {
            reportClosed();
            return;
        }
        if (!started) {
            started = true;
            begin();
        }
        pump();
    }

    private void begin() {
        try {
            engine.beginHandshake();
        } catch (SSLException | RuntimeException refused) {
            fail(TlsFailure.refused(refused));
        }
    }

    // What comes in.

    @Override
    public void onRead(ByteStream stream, Chunk chunk) {
        if (lingers) {
            drain(chunk);
        }
        if (closed || inputEnd != NOT_ENDED) {
            return;
        }
        corked = true;
        if (started) {
            decrypt(chunk);
        }
        if (chunk.length() > 0 && inputEnd == NOT_ENDED) {
            putAside(chunk);
        }
        uncork();
        settleBelow();
    }

    /** Works on what waits and on the chunk, in stretches of the loop's buffer. */
    private void decrypt(Chunk chunk) {
        while (chunk.length() > 0 && takesRecords()) {
            ByteBuffer waiting = pending;
            ByteBuffer input = buffers.takeInput();
            if (waiting != null) {
                if (waiting.remaining() >= input.capacity()) {
                    buffers.giveBackInput(input);
                    return;
                }
                pending = null;
                input.put(waiting);
                buffers.giveBackRecord(waiting);
            }
            int bytes = Math.min(input.remaining(), chunk.length());
            input.put(chunk.buffer().limit(chunk.buffer().position() + bytes));
            chunk.skip(bytes);
            process(input.flip());
            savePending(input);
            buffers.giveBackInput(input);
        }
    }

    private void savePending(ByteBuffer input) {
        if (input.hasRemaining() && inputEnd == NOT_ENDED) {
            pending = buffers.takeRecord(input.remaining()).put(input).flip();
        }
    }

    /** Adds the rest of a chunk to what waits. */
    private void putAside(Chunk chunk) {
        ByteBuffer waiting = pending;
        int before = waiting == null ? 0 : waiting.remaining();
        ByteBuffer room = buffers.takeRecord(before + chunk.length());
        if (waiting != null) {
            room.put(waiting);
            buffers.giveBackRecord(waiting);
        }
        chunk.copyTo(room);
        pending = room.flip();
    }

    @Override
    public void onEnd(ByteStream stream) {
        belowEnded = true;
        if (lingers) {
            below.close();
        }
        pump();
    }

    @Override
    public void onFailure(ByteStream stream, IoException reason) {
        if (lingers) {
            below.close();
        }
        fail(TlsFailure.below(reason));
        pump();
    }

    private void writeFailed(IoException reason) {
        fail(TlsFailure.below(reason));
        pump();
    }

    /** The connection below never came about. */
    void connectFailed(Throwable reason) {
        fail(
                reason instanceof IoException failed
                        ? TlsFailure.below(failed)
                        : TlsFailure.refused(reason));
        pump();
    }

    /** Goes on as far as there is something to go on with. */
    private void pump() {
        if (closed) {
            return;
        }
        corked = true;
        if (stopping) {
            stopping = false;
            armed = false;
            sink.onReceiveStopped(Code.CANCELLED);
        }
        deliverHeld();
        ByteBuffer waiting = pending;
        if (waiting != null && takesRecords()) {
            pending = null;
            process(waiting);
            if (waiting.hasRemaining() && inputEnd == NOT_ENDED) {
                pending = waiting;
            } else {
                buffers.giveBackRecord(waiting);
            }
        } else if (((shaking && started) || engineHolds) && takesRecords()) {
            process(NOTHING);
        }
        reportEnd();
        uncork();
        settleBelow();
    }

    /** Whether there may be a next step. */
    private boolean takesRecords() {
        return !closed
                && tasks == null
                && (inputEnd == NOT_ENDED || shaking)
                && failure == null
                && (!connected || shaking || wantsPlain());
    }

    /** Whether a user waits for bytes, or there are none yet that one could come to wait for. */
    private boolean wantsPlain() {
        return held == null || isAsked();
    }

    private boolean isAsked() {
        return (armed && !stopping) || target != null;
    }

    /** Takes records out of the input; what is left there cannot be taken now. */
    private void process(ByteBuffer input) {
        deliverHeld();
        try {
            boolean goesOn = true;
            while (goesOn && takesRecords()) {
                goesOn = shaking ? shake(input) : unwrap(input);
            }
        } catch (SSLException | RuntimeException refused) {
            flushPlain();
            fail(TlsFailure.refused(refused));
        }
        flushPlain();
        reportEnd();
    }

    /** One step of a handshake, or of what follows it. Answers whether there may be another. */
    private boolean shake(ByteBuffer input) throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        return switch (status) {
            case NEED_TASK -> runTasks();
            case NEED_WRAP -> answer();
            case NOT_HANDSHAKING, FINISHED -> shaken();
            default -> unwrap(input);
        };
    }

    private boolean shaken() {
        shaking = false;
        if (!connected) {
            connected = true;
            sink.onConnected(Code.OK);
        }
        return true;
    }

    private boolean answer() throws SSLException {
        if (below.writeQueueSize() > MOST_OWED_BYTES) {
            throw new SSLException("the peer asks for answers and does not read them");
        }
        if (writer.wrapHandshake()) {
            return true;
        }
        shaking = false;
        return connected;
    }

    private boolean unwrap(ByteBuffer input) throws SSLException {
        if (connected && !wantsPlain()) {
            return false;
        }
        int length = engineHolds ? 0 : RecordHeader.lengthOf(input);
        if (length > input.remaining()) {
            return false;
        }
        if (length > 0 && RecordHeader.isAlert(input)) {
            // A close_notify of TLS 1.2 ends both directions: first what is due in the other.
            writer.sendWaiting();
        }
        if (filled > 0 && length > LoopBuffers.CHUNK_BYTES - filled) {
            flushPlain();
            if (!takesRecords()) {
                return false;
            }
        }
        PlainChunk chunk = current;
        if (chunk == null) {
            chunk = buffers.takeChunk();
            current = chunk;
            filled = 0;
        }
        ByteBuffer plain = chunk.memory().clear().position(filled);
        int limit = input.limit();
        input.limit(input.position() + length);
        SSLEngineResult result;
        try {
            result = engine.unwrap(input, plain);
        } finally {
            input.limit(limit);
        }
        filled += result.bytesProduced();
        hasHeard |= connected;
        engineHolds = keepsSome(result);
        if (length == 0 && result.getStatus() == Status.BUFFER_UNDERFLOW) {
            // It has handed out all that it kept.
            return true;
        }
        return unwrapped(result);
    }

    /**
     * Whether an engine may have decrypted more than it has handed out: it took a record, or part
     * of one that it took before, and gave as much as there was room for.
     */
    private static boolean keepsSome(SSLEngineResult result) {
        boolean took = result.bytesConsumed() > 0;
        return switch (result.getStatus()) {
            case BUFFER_OVERFLOW -> took || result.bytesProduced() > 0;
            case OK -> !took && result.bytesProduced() > 0;
            default -> false;
        };
    }

    private boolean unwrapped(SSLEngineResult result) throws SSLException {
        switch (result.getStatus()) {
            case OK -> {
                noteHandshake(result.getHandshakeStatus());
                countSilence(result.bytesProduced());
                return result.bytesConsumed() > 0 || result.bytesProduced() > 0 || shaking;
            }
            case BUFFER_OVERFLOW -> {
                if (filled == 0) {
                    throw new SSLException("a record is larger than any may be");
                }
                flushPlain();
                return true;
            }
            case CLOSED -> {
                if (isOurOwnEnd(result)) {
                    countSilence(result.bytesProduced());
                } else {
                    closeNotified();
                }
                return true;
            }
            default -> throw new SSLException("the engine does not take a whole record");
        }
    }

    /** Some engines say CLOSED of every record that comes after they have sent close_notify. */
    private boolean isOurOwnEnd(SSLEngineResult result) {
        return result.bytesConsumed() > 0 && !engine.isInboundDone();
    }

    private void noteHandshake(HandshakeStatus status) throws SSLException {
        if (status == HandshakeStatus.NOT_HANDSHAKING) {
            shaking |= !connected;
            return;
        }
        if (connected && status == HandshakeStatus.NEED_UNWRAP) {
            // What an engine says that has sent its close_notify, and awaits the peer's.
            return;
        }
        shaking = true;
        if (connected && status != HandshakeStatus.FINISHED && !isTls13()) {
            throw new SSLException("the peer wants to renegotiate, which is refused");
        }
    }

    private boolean isTls13() {
        return engine.getSession().getProtocol().equals("TLSv1.3");
    }

    private void countSilence(int bytes) throws SSLException {
        silentRecords = bytes > 0 || !connected ? 0 : silentRecords + 1;
        if (silentRecords > MOST_SILENT_RECORDS) {
            throw new SSLException("the peer sends records with nothing in them");
        }
    }

    private void closeNotified() throws SSLException {
        flushPlain();
        shaking = false;
        if (!connected) {
            throw new SSLException("the peer has ended the handshake");
        }
        inputEnd = Code.END_OF_STREAM;
        if (!isTls13()) {
            writer.wrapHandshake();
        }
    }

    private void flushPlain() {
        PlainChunk chunk = current;
        if (chunk == null) {
            return;
        }
        current = null;
        if (filled == 0 || closed) {
            chunk.release();
            return;
        }
        chunk.filled(0, filled);
        held = chunk;
        deliverHeld();
    }

    private void deliverHeld() {
        while (held != null && isAsked() && !closed) {
            PlainChunk chunk = held;
            held = null;
            if (target != null) {
                fillTarget(chunk, target);
            } else {
                sink.onReceive(chunk);
                chunk.release();
            }
        }
    }

    private void fillTarget(PoolChunk chunk, ByteBuffer into) {
        target = null;
        int bytes = Math.min(into.remaining(), chunk.length());
        into.put(into.position(), chunk.memory(), chunk.start(), bytes);
        chunk.skip(bytes);
        if (chunk.length() > 0) {
            held = (PlainChunk) chunk;
        } else {
            chunk.release();
        }
        sink.onReceivedInto(bytes);
    }

    /** Tells the end, once everything before it was told. */
    private void reportEnd() {
        if (held != null || tasks != null || closed) {
            return;
        }
        if (belowEnded && inputEnd == NOT_ENDED && !hasWholeRecord()) {
            fail(TlsFailure.cut(connected));
        }
        if (inputEnd == NOT_ENDED) {
            return;
        }
        dropPending();
        if (armed) {
            armed = false;
            stopping = false;
            sink.onReceiveStopped(inputEnd);
        } else if (target != null) {
            target = null;
            sink.onReceivedInto(inputEnd);
        }
    }

    private boolean hasWholeRecord() {
        ByteBuffer waiting = pending;
        try {
            return engineHolds
                    || (waiting != null && RecordHeader.lengthOf(waiting) <= waiting.remaining());
        } catch (SSLException refused) {
            // It is not whole; whoever takes it from there is told why.
            return true;
        }
    }

    private void dropPending() {
        buffers.giveBackRecord(pending);
        pending = null;
    }

    /** Has the stream below read if there is somebody to read for, and stop if not. */
    private void settleBelow() {
        if (closed || belowClosed || below.isClosing()) {
            return;
        }
        boolean reads =
                inputEnd == NOT_ENDED
                        && tasks == null
                        && (!connected || (wantsPlain() && !hasWholeRecord()));
        if (reads && belowPaused) {
            belowPaused = false;
            below.resumeReading();
        } else if (!reads && !belowPaused) {
            belowPaused = true;
            below.pauseReading();
        }
    }

    // What the engine computes.

    /** Answers whether they have run by now. */
    private boolean runTasks() {
        List<Runnable> due = new ArrayList<>();
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            if (tasksInline) {
                task.run();
            } else {
                due.add(task);
            }
        }
        if (due.isEmpty()) {
            return true;
        }
        Work<Boolean> work =
                below.loop()
                        .work(
                                () -> {
                                    due.forEach(Runnable::run);
                                    return true;
                                });
        tasks = work;
        work.result().whenComplete((done, refused) -> tasksEnded(refused));
        return false;
    }

    private void tasksEnded(@Nullable Throwable refused) {
        tasks = null;
        if (refused != null) {
            fail(TlsFailure.refused(refused));
        }
        pump();
    }

    // How it ends.

    /** Nothing works any more. What failed first decides. */
    private void fail(TlsFailure reason) {
        if (failure != null || closed) {
            return;
        }
        failure = reason;
        shaking = false;
        boolean shook = connected;
        if (reason.isOurs()) {
            writer.sendAlert();
        }
        inputEnd = inputEnd == NOT_ENDED ? reason.code() : inputEnd;
        if (!shook) {
            started = true;
            sink.onConnected(reason.code());
        }
    }

    /** Why nothing can be sent any more, or OK. */
    int broken() {
        TlsFailure reason = failure;
        return reason == null ? Code.OK : reason.sendCode();
    }

    IoException describe(
            String operation, int code, @Nullable SocketAddress peer, long bytesTransferred) {
        TlsFailure reason = failure == null ? writer.failure() : failure;
        return TlsFailure.describe(reason, operation, code, peer, bytesTransferred);
    }

    boolean isCorked() {
        return corked;
    }

    private void uncork() {
        corked = false;
        if (!closed) {
            writer.sendWaiting();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Work<Boolean> running = tasks;
        if (running != null) {
            running.cancel();
        }
        if (below.isClosing()) {
            owner.schedule();
        } else if (resetAtClose) {
            below.closeReset();
        } else if (failure != null ? failure.isOurs() : mayNotify()) {
            lastWord();
        } else {
            below.close();
        }
    }

    /** Whether the peer may be told that it has got everything. */
    private boolean mayNotify() {
        return connected && tasks == null && writer.hasSentAll();
    }

    private void lastWord() {
        if (failure == null) {
            writer.closeNotify();
        }
        below.writeTimeout(LAST_WORD, ByteStream::close);
        if (!belowEnded && below.isWritable() && (failure != null || mayBeSentTickets())) {
            lingers = true;
            below.readTimeout(failure == null ? TICKETS_TIME : LAST_WORD, ByteStream::close);
            below.shutdown();
            below.resumeReading();
        } else if (below.writeQueueSize() == 0) {
            below.close();
        } else {
            below.closeWhenWritten();
        }
    }

    /**
     * Whether tickets may be on their way that nobody has asked for. Were they to find the socket
     * closed, or unread, the kernel would reset the connection, and the peer lose what it has not
     * read.
     */
    private boolean mayBeSentTickets() {
        return engine.getUseClientMode() && !hasHeard && isTls13();
    }

    /** A reset must not overtake the last word, so what comes is read, within bounds. */
    private void drain(Chunk chunk) {
        drained += chunk.length();
        if (failure == null || drained > MOST_DRAINED_BYTES) {
            below.close();
        }
    }

    private void belowIsClosed() {
        belowClosed = true;
        if (closed) {
            reportClosed();
        } else {
            fail(TlsFailure.closedBelow());
            pump();
        }
    }

    /** Everything that was started ends, and the port is closed. */
    private void reportClosed() {
        if (!belowClosed || closeReported) {
            return;
        }
        closeReported = true;
        if (held != null) {
            held.release();
            held = null;
        }
        dropPending();
        if (!connected && failure == null) {
            sink.onConnected(Code.CANCELLED);
        }
        if (armed) {
            armed = false;
            sink.onReceiveStopped(Code.CANCELLED);
        }
        if (target != null) {
            target = null;
            sink.onReceivedInto(Code.CANCELLED);
        }
        writer.cancel();
        writer.releaseEngine();
        sink.onClosed();
    }

    // What core asks.

    @Override
    public int connect(SocketAddress to) {
        return Code.IS_CONNECTED;
    }

    @Override
    public void startReceive() {
        armed = true;
        wanted();
    }

    @Override
    public void stopReceive() {
        stopping = true;
        owner.schedule();
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        target = into;
        wanted();
    }

    /** What is here already comes later; otherwise the stream below is to read. */
    private void wanted() {
        if (held != null || inputEnd != NOT_ENDED || hasWholeRecord() || belowEnded) {
            owner.schedule();
        } else if (!corked) {
            settleBelow();
        }
    }

    @Override
    public int send() {
        return writer.send();
    }

    @Override
    public int sendPassing() {
        return writer.send();
    }

    @Override
    public int trySend(ByteBuffer source) {
        return writer.trySend(source);
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        return writer.sendFile(file, position, count);
    }

    @Override
    public int shutdownOutput() {
        int broken = broken();
        return broken == Code.OK ? writer.closeNotify() : broken;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return below.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return below.remoteAddress();
    }

    @Override
    public int descriptor() {
        return below.fileDescriptor();
    }

    @Override
    public int setOption(PortOption option, int value) {
        if (option == PortOption.RESET_AT_CLOSE) {
            resetAtClose = value != 0;
            return Code.OK;
        }
        return Code.NOT_SUPPORTED;
    }

    @Override
    public int getOption(PortOption option) {
        return Code.NOT_SUPPORTED;
    }
}
