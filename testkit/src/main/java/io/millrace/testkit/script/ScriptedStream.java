// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream's sink that writes down what it hears and offers the bytes that a script gave it.
 *
 * <p>Each call is one line of the {@linkplain #log log}, such as {@code "received 5"} or {@code
 * "stopped ECANCELED"}. A {@linkplain #reaction reaction} is called with every line, so that a
 * script can issue commands from inside a sink.
 */
public final class ScriptedStream implements StreamSink {
    private final List<String> log = new ArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<PoolChunk> kept = new ArrayList<>();
    private ByteBuffer outgoing = ByteBuffer.allocateDirect(0);
    private Consumer<String> reaction = line -> {};
    private boolean keeping;
    private boolean sending;
    private @Nullable StreamPort port;

    /** Tells which port this is the sink of. */
    public ScriptedStream on(StreamPort port) {
        this.port = port;
        return this;
    }

    public StreamPort port() {
        if (port == null) {
            throw new IllegalStateException("no port yet");
        }
        return port;
    }

    /** What to do whenever a line is written; it is called inside the sink. */
    public void reaction(Consumer<String> reaction) {
        this.reaction = reaction;
    }

    /** From now on each chunk stays on loan, never a copy of it, until {@link #releaseKept}. */
    public void keepChunks() {
        keeping = true;
    }

    public void releaseKept() {
        kept.forEach(PoolChunk::release);
        kept.clear();
    }

    /** The bytes that {@link #gather} offers from now on. */
    public ScriptedStream offers(byte[] bytes) {
        outgoing = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return this;
    }

    /** How many of them no send has taken. */
    public int unsent() {
        return outgoing.remaining();
    }

    /** Sends: what was taken at once moves on, what is pending will with {@code onSent}. */
    public int send() {
        int result = port().send();
        sending = result == Code.PENDING;
        if (result > 0) {
            outgoing.position(outgoing.position() + result);
        }
        return result;
    }

    /** Whether a send is pending. */
    public boolean isSending() {
        return sending;
    }

    public List<String> log() {
        return log;
    }

    public boolean heard(String line) {
        return log.contains(line);
    }

    /** The latest line, or nothing. */
    public String lastHeard() {
        return log.isEmpty() ? "" : log.get(log.size() - 1);
    }

    /** How many lines begin so. */
    public long count(String prefix) {
        return log.stream().filter(line -> line.startsWith(prefix)).count();
    }

    public byte[] received() {
        return received.toByteArray();
    }

    @Override
    public void onConnected(int code) {
        note("connected " + result(code));
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        received.writeBytes(bytes);
        if (keeping) {
            chunk.retain();
            kept.add(chunk);
        }
        note("received " + bytes.length);
    }

    @Override
    public void onReceiveStopped(int code) {
        note("stopped " + result(code));
    }

    @Override
    public void onReceivedInto(int result) {
        note("received into " + result(result));
    }

    @Override
    public void gather(Gather into) {
        int start = outgoing.position();
        int end = outgoing.limit();
        into.add(outgoing.duplicate(), 0, start, end);
    }

    @Override
    public void onSent(int result) {
        sending = false;
        if (result > 0) {
            outgoing.position(outgoing.position() + result);
        }
        note("sent " + result(result));
    }

    @Override
    public void onClosed() {
        note("closed");
    }

    private void note(String line) {
        log.add(line);
        reaction.accept(line);
    }

    private static String result(int value) {
        return value < 0 ? Code.name(value) : Integer.toString(value);
    }
}
