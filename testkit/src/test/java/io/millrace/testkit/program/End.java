// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.UnixStream;
import io.millrace.net.WriteCallback;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, and what every end is promised.
 *
 * <ul>
 *   <li>Nothing is read while paused, after the end, or after the close.
 *   <li>Each write has one completion, in the order of the writes, also when the stream closes.
 *   <li>The close callback is the last one, and comes once.
 * </ul>
 */
abstract class End implements ReadHandler {
    private static final int MOST_WRITTEN_AT_ONCE = 3_000;

    /** About as long as things take in an unkind world. */
    private static final long SHORT_PAUSE_NANOS = 5_000_000;

    /** So long that everybody before it fills up. */
    private static final long LONG_PAUSE_NANOS = 500_000_000;

    final ByteStream stream;
    final SplittableRandom random;

    /** Whether the world loses nothing. */
    final boolean kind;

    boolean ended;
    boolean failed;
    private boolean closed;
    private boolean paused;
    private boolean mustWait;
    private long lastWrite;
    private long lastWritten;

    /** Chunks kept beyond their callback, to make the loop run out of them. */
    private final ArrayDeque<Chunk> hoard = new ArrayDeque<>();

    /** How many it keeps; all ends together less than a loop has, or nobody could go on. */
    private final int greed;

    private final Timer pause;

    End(ByteStream stream, SplittableRandom random, boolean kind) {
        this.stream = stream;
        this.random = random;
        this.kind = kind;
        greed = random.nextInt(4);
        pause = Timer.open(stream.loop());
        int high = random.nextInt(4) == 0 ? 100_000 : 500 + random.nextInt(3_000);
        stream.watermarks(random.nextInt(500), high, 1 << 20);
        stream.onWritable(this::writable);
        stream.onClosed(this::closed);
        stream.onWriteFailure((failing, reason) -> broken(reason));
        stream.readTimeout(Duration.ofSeconds(Program.PATIENCE_SECONDS), s -> silent("read"));
        stream.writeTimeout(Duration.ofSeconds(Program.PATIENCE_SECONDS), s -> silent("write"));
    }

    /** Bytes have come; they are checked to be allowed. */
    abstract void received(Chunk chunk);

    /** The stream can take more again. */
    abstract void continueWriting();

    /** Called once, after everything else. */
    abstract void afterClose();

    @Override
    public final void onRead(ByteStream reading, Chunk chunk) {
        check(reading == stream, "the wrong stream");
        check(!paused, "read while paused");
        check(!ended && !failed, "read after the end");
        check(!closed && !stream.isClosing(), "read after close");
        check(chunk.length() > 0, "read of nothing");
        received(chunk);
        if (!stream.isClosing() && random.nextInt(8) == 0) {
            pauseForAWhile();
        }
        hoard.add(chunk.keep());
        while (hoard.size() > greed) {
            hoard.remove().release();
        }
    }

    @Override
    public void onEnd(ByteStream reading) {
        check(!ended && !failed && !paused && !stream.isClosing(), "an end out of turn");
        ended = true;
    }

    @Override
    public final void onFailure(ByteStream reading, IoException reason) {
        check(!ended && !failed && !paused && !stream.isClosing(), "a failure out of turn");
        broken(reason);
    }

    /** Writes in one of the ways there are; answers whether to go on. */
    final boolean write(byte[] bytes) {
        long number = ++lastWrite;
        WriteCallback callback = (written, failure) -> written(number, failure);
        boolean more;
        switch (random.nextInt(3)) {
            case 0 -> more = stream.write(ByteBuffer.wrap(bytes), callback);
            case 1 -> {
                ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
                more = stream.write(direct.put(bytes).flip(), callback);
            }
            default -> {
                int half = bytes.length / 2;
                ByteBuffer first = ByteBuffer.wrap(bytes, 0, half);
                ByteBuffer second = ByteBuffer.wrap(bytes, half, bytes.length - half);
                more = stream.write(new ByteBuffer[] {first, second}, callback);
            }
        }
        mustWait = !more;
        return more;
    }

    /** Descriptors go with the first byte, and may be closed when the write has ended. */
    final void write(byte[] bytes, int[] descriptors, Runnable ended) {
        long number = ++lastWrite;
        mustWait =
                !((UnixStream) stream)
                        .write(
                                ByteBuffer.wrap(bytes),
                                descriptors,
                                (written, failure) -> {
                                    ended.run();
                                    written(number, failure);
                                });
    }

    final boolean write(Chunk chunk) {
        long number = ++lastWrite;
        boolean more = stream.write(chunk, (written, failure) -> written(number, failure));
        mustWait = !more;
        return more;
    }

    final int randomSize() {
        return random.nextInt(4) == 0 ? random.nextInt(4) : random.nextInt(MOST_WRITTEN_AT_ONCE);
    }

    final boolean mustWait() {
        return mustWait;
    }

    final boolean isPaused() {
        return paused;
    }

    /** Holds reading back until {@link #goOnReading}. */
    final void stopReading() {
        paused = true;
        stream.pauseReading();
    }

    final void goOnReading() {
        if (!stream.isClosing()) {
            paused = false;
            stream.resumeReading();
        }
    }

    final void checkFinished() {
        check(closed, this + " never closed");
        check(lastWritten == lastWrite, lastWritten + " of " + lastWrite + " writes completed");
        check(hoard.isEmpty(), "chunks in the hoard");
    }

    final void pauseForAWhile() {
        stopReading();
        long longest = random.nextInt(4) == 0 ? LONG_PAUSE_NANOS : SHORT_PAUSE_NANOS;
        pause.startNanos(random.nextLong(longest), this::unlessWaiting);
    }

    private void unlessWaiting() {
        releaseHoard();
        if (!kind && random.nextInt(8) == 0) {
            stream.close();
        } else if (!mustWait || !(this instanceof EchoEnd)) {
            goOnReading();
        }
    }

    private void writable() {
        check(!stream.isClosing(), "writable after close");
        check(mustWait, "writable without having been full");
        mustWait = false;
        continueWriting();
    }

    private void written(long number, @Nullable IoException failure) {
        check(number == ++lastWritten, "write " + number + " completed in place of " + lastWritten);
        check(!closed, "a write completed after the close callback");
        if (failure != null && !stream.isClosing()) {
            broken(failure);
        }
    }

    private void broken(IoException reason) {
        check(!kind || mayBreak(), "a kind world broke the connection: " + reason);
        failed = true;
        stream.close();
    }

    /** Whether the peer may go away early, so that even a kind world shows a broken connection. */
    boolean mayBreak() {
        return true;
    }

    private void silent(String direction) {
        check(!kind, direction + " timed out in a kind world: " + this);
        failed = true;
        stream.close();
    }

    private void closed() {
        check(!closed, "closed twice");
        closed = true;
        releaseHoard();
        pause.close();
        afterClose();
    }

    private void releaseHoard() {
        while (!hoard.isEmpty()) {
            hoard.remove().release();
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName()
                + " of "
                + stream
                + ", "
                + lastWritten
                + " of "
                + lastWrite
                + " writes"
                + (paused ? ", paused" : "")
                + (mustWait ? ", full" : "")
                + (ended ? ", ended" : "");
    }
}
