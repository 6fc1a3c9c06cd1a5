// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Work;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
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
 * #pending}. What was decrypted goes through {@link Plaintext}, and what goes out is the {@link
 * RecordWriter}'s.
 *
 * <p>While what one callback below has brought is worked on, sends wait ({@link #corked}): whatever
 * was written meanwhile becomes as few records as it fits in, and one system call.
 */
final class TlsPort implements StreamPort, ReadHandler {
    /** As many records without a byte for the user may follow each other as in OpenSSL. */
    private static final int MOST_SILENT_RECORDS = 32;

    /** What the engine may owe a peer that does not read, such as answers to key updates. */
    private static final long MOST_OWED_BYTES = 1 << 18;

    /** {@link #inputEnd} while the peer has not finished; no code is positive. */
    private static final int NOT_ENDED = 1;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsConnection owner;
    private final ByteStream below;
    private final SSLEngine engine;
    private final StreamSink sink;
    private final LoopBuffers buffers;
    private final RecordWriter writer;
    private final Plaintext plain;

    /** Records that wait, from position to limit; null if none do. */
    private @Nullable ByteBuffer pending;

    private final boolean tasksInline;

    /** What a handshake computes elsewhere; null if nothing. */
    private @Nullable Work<Boolean> tasks;

    /** What writes down secrets while there is a handshake; null if that is not asked for. */
    private KeyLog.@Nullable Handshake keyLog;

    /** Null until it is closed. */
    private @Nullable LastWord lastWord;

    /** Whether the engine keeps plaintext of a record that it has taken. */
    private boolean engineHolds;

    private boolean started;
    private boolean connected;

    /** Whether the engine has more to do than records of data. */
    private boolean shaking = true;

    private byte silentRecords;
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
        buffers = LoopBuffers.of(below.loop(), context.engineMemory());
        writer = new RecordWriter(this, below, engine, sink, buffers, context.firstRecords());
        plain = new Plaintext(buffers, sink);
        tasksInline = context.tasksInline();
        keyLog = context.keyLog(engine);
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
        if (lastWord != null) {
            lastWord.heard(chunk);
        }
        if (closed || inputEnd != NOT_ENDED) {
            return;
        }
        corked = true;
        if (started) {
            decrypt(chunk);
        }
        if (chunk.length() > 0 && inputEnd == NOT_ENDED) {
            pending = buffers.appended(pending, chunk);
        }
        uncork();
        settleBelow();
    }

    /**
     * Works on what waits and on the chunk, in stretches of the loop's buffer. A chunk with nothing
     * before it needs no copy if the engine works in such memory.
     */
    private void decrypt(Chunk chunk) {
        if (pending == null && buffers.takes(chunk.buffer()) && takesRecords()) {
            ByteBuffer records = chunk.buffer();
            int before = records.remaining();
            process(records);
            chunk.skip(before - records.remaining());
            return;
        }
        while (chunk.length() > 0 && takesRecords()) {
            ByteBuffer waiting = pending;
            ByteBuffer input = buffers.takeInput();
            if (waiting != null) {
                if (waiting.remaining() >= input.capacity()) {
                    buffers.giveBackInput(input);
                    return;
                }
                input.put(waiting);
                dropPending();
            }
            int bytes = Math.min(input.remaining(), chunk.length());
            input.put(chunk.buffer().limit(chunk.buffer().position() + bytes));
            chunk.skip(bytes);
            process(input.flip());
            if (input.hasRemaining() && inputEnd == NOT_ENDED) {
                pending = buffers.copied(input);
            }
            buffers.giveBackInput(input);
        }
    }

    @Override
    public void onEnd(ByteStream stream) {
        belowEnded = true;
        if (lastWord != null) {
            lastWord.peerIsGone();
        }
        pump();
    }

    @Override
    public void onFailure(ByteStream stream, IoException reason) {
        if (lastWord != null) {
            lastWord.peerIsGone();
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
        plain.sayStopped();
        plain.deliver();
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
                && (!connected || shaking || plain.isWanted());
    }

    /** Takes records out of the input; what is left there cannot be taken now. */
    private void process(ByteBuffer input) {
        plain.deliver();
        try {
            boolean goesOn = true;
            while (goesOn && takesRecords()) {
                goesOn = shaking ? shake(input) : unwrap(input);
            }
        } catch (SSLException | RuntimeException refused) {
            plain.flush();
            fail(TlsFailure.refused(refused));
        }
        plain.flush();
        reportEnd();
    }

    /** One step of a handshake, or of what follows it. Answers whether there may be another. */
    private boolean shake(ByteBuffer input) throws SSLException {
        if (keyLog != null) {
            keyLog.step();
        }
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
            if (keyLog != null) {
                keyLog.done();
                keyLog = null;
            }
            sink.onConnected(Code.OK);
        }
        return true;
    }

    private boolean answer() throws SSLException {
        if (below.writeQueueSize() > MOST_OWED_BYTES) {
            throw new Refusal("the peer asks for answers and does not read them");
        }
        if (writer.wrapHandshake()) {
            return true;
        }
        shaking = false;
        return connected;
    }

    private boolean unwrap(ByteBuffer input) throws SSLException {
        if (connected && !plain.isWanted()) {
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
        if (length > 0 && connected && RecordHeader.isHandshake(input)) {
            refuseHandshake();
        }
        if (plain.isFull(length)) {
            plain.flush();
            if (!takesRecords()) {
                return false;
            }
        }
        ByteBuffer room = plain.room();
        int limit = input.limit();
        input.limit(input.position() + length);
        SSLEngineResult result;
        try {
            result = engine.unwrap(input, room);
        } finally {
            input.limit(limit);
        }
        plain.added(result.bytesProduced());
        hasHeard |= connected;
        engineHolds = keepsSome(result);
        if (length == 0 && result.getStatus() == Status.BUFFER_UNDERFLOW) {
            // It has handed out all that it kept.
            return true;
        }
        return unwrapped(result);
    }

    /**
     * The JDK's engine would begin with it, and then has no alert for the peer any more; others
     * refuse themselves, or are found out by what they want to do next.
     */
    private void refuseHandshake() throws SSLException {
        if (TlsContext.isOfJdk(engine) && !isTls13(engine)) {
            throw renegotiation();
        }
    }

    private static SSLException renegotiation() {
        return new Refusal("the peer wants to renegotiate, which is refused");
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
                if (plain.isEmpty()) {
                    throw new Refusal("a record is larger than any may be");
                }
                plain.flush();
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
            default -> throw new Refusal("the engine does not take a whole record");
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
        if (connected && status != HandshakeStatus.FINISHED && !isTls13(engine)) {
            throw renegotiation();
        }
    }

    static boolean isTls13(SSLEngine engine) {
        return engine.getSession().getProtocol().equals("TLSv1.3");
    }

    private void countSilence(int bytes) throws SSLException {
        silentRecords = (byte) (bytes > 0 || !connected ? 0 : silentRecords + 1);
        if (silentRecords > MOST_SILENT_RECORDS) {
            throw new Refusal("the peer sends records with nothing in them");
        }
    }

    private void closeNotified() throws SSLException {
        plain.flush();
        shaking = false;
        if (!connected) {
            throw new SSLException("the peer has ended the handshake");
        }
        inputEnd = Code.END_OF_STREAM;
        if (!isTls13(engine)) {
            writer.wrapHandshake();
        }
    }

    /** Tells the end, once everything before it was told. */
    private void reportEnd() {
        if (plain.isHeld() || tasks != null || closed) {
            return;
        }
        if (belowEnded && inputEnd == NOT_ENDED && !hasWholeRecord()) {
            fail(TlsFailure.cut(connected));
        }
        if (inputEnd == NOT_ENDED) {
            return;
        }
        dropPending();
        plain.end(inputEnd);
    }

    private boolean hasWholeRecord() {
        return engineHolds || (pending != null && RecordHeader.isWhole(pending));
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
                        && (!connected || (plain.isWanted() && !hasWholeRecord()));
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
            writer.sendAlert(reason.cause() instanceof Refusal, shook);
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
        plain.close();
        Work<Boolean> running = tasks;
        if (running != null) {
            running.cancel();
        }
        if (below.isClosing()) {
            owner.schedule();
        } else if (resetAtClose) {
            below.closeReset();
        } else if (failure != null ? failure.isOurs() : mayNotify()) {
            lastWord = new LastWord(below, engine, writer);
            lastWord.say(failure, belowEnded, !hasHeard);
        } else {
            below.close();
        }
    }

    /** Whether the peer may be told that it has got everything. */
    private boolean mayNotify() {
        return connected && tasks == null && writer.hasSentAll();
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
        dropPending();
        if (!connected && failure == null) {
            sink.onConnected(Code.CANCELLED);
        }
        plain.cancel();
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
        plain.start();
        wanted();
    }

    @Override
    public void stopReceive() {
        plain.stop();
        owner.schedule();
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        plain.into(into);
        wanted();
    }

    /** What is here already comes later; otherwise the stream below is to read. */
    private void wanted() {
        if (plain.isHeld() || inputEnd != NOT_ENDED || hasWholeRecord() || belowEnded) {
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
