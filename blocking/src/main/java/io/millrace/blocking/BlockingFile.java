// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import io.millrace.spi.client.CachedReads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * An open regular file for threads that block. Any number of threads may use it at once, but for
 * the loop's own; see {@link BlockingFiles}.
 *
 * <p>Direct buffers are used in place; of others the bytes are copied. An interrupt changes
 * nothing: the call ends as it would have, and the thread stays interrupted. A close from another
 * thread ends what is in flight with {@code ECANCELED}, unless the system had done it already.
 * Failures are {@link IoException}.
 */
public final class BlockingFile implements AutoCloseable {
    private final HandOver handOver;
    private final AsyncFile file;
    private final Set<OpenOption> options;
    private final CachedReads cached;

    /** No more than the file takes, so that threads wait instead of failing. */
    private final Semaphore places = new Semaphore(AsyncFile.MAXIMUM_IN_FLIGHT - 1);

    BlockingFile(HandOver handOver, AsyncFile file, CachedReads cached, Set<OpenOption> options) {
        this.handOver = handOver;
        this.file = file;
        this.cached = cached;
        this.options = options;
    }

    /** The path that it was opened by. */
    public Path path() {
        return file.path();
    }

    boolean reads() {
        return options.contains(StandardOpenOption.READ) || !writes();
    }

    boolean writes() {
        return options.contains(StandardOpenOption.WRITE) || appends();
    }

    boolean appends() {
        return options.contains(StandardOpenOption.APPEND);
    }

    /** Begins something on the loop, which says how it ends. */
    private interface Start {
        void on(AsyncFile file, Request request) throws IOException;
    }

    private long ask(String method, Start start) throws IOException {
        handOver.ensureElsewhere(method);
        places.acquireUninterruptibly();
        try {
            Request request =
                    new Request() {
                        @Override
                        void start() throws IOException {
                            if (file.isClosing()) {
                                throw new ClosedChannelException();
                            }
                            start.on(file, this);
                        }
                    };
            handOver.add(request);
            return request.await(handOver);
        } finally {
            places.release();
        }
    }

    /**
     * Reads once, at most what the buffer has room for.
     *
     * @return bytes, or -1 at the end of the file
     */
    public int read(ByteBuffer into, long position) throws IOException {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("a buffer to read into must be writable");
        }
        requirePosition(position);
        if (!into.hasRemaining()) {
            handOver.ensureElsewhere("read");
            return 0;
        }
        if (into.isDirect()) {
            return readDirect(into, position);
        }
        ByteBuffer piece = handOver.buffers().take();
        try {
            piece.limit(Math.min(piece.capacity(), into.remaining()));
            int count = readDirect(piece, position);
            into.put(piece.flip());
            return count;
        } finally {
            handOver.buffers().giveBack(piece);
        }
    }

    private static void requirePosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("a position must not be negative: " + position);
        }
    }

    /**
     * What is in the page cache this thread reads itself, which costs less than to ask for it; the
     * rest is read by the loop, into a slice: the position is the caller's, and moved here.
     */
    private int readDirect(ByteBuffer into, long position) throws IOException {
        handOver.ensureElsewhere("read");
        int before = into.position();
        int atOnce = Math.max(0, cached.read(into, position));
        if (!into.hasRemaining()) {
            return atOnce;
        }
        // What fails leaves the buffer as it was.
        ByteBuffer rest = into.slice();
        into.position(before);
        int later = readByLoop(rest, position + atOnce);
        int count = atOnce == 0 ? later : atOnce + Math.max(0, later);
        into.position(before + Math.max(0, count));
        return count;
    }

    private int readByLoop(ByteBuffer into, long position) throws IOException {
        int count =
                (int) ask("read", (of, request) -> of.read(into, position, new Reading(request)));
        return count == 0 ? -1 : count;
    }

    private record Reading(Request request) implements FileReadCallback {
        @Override
        public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
            request.end(count);
        }

        @Override
        public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
            request.fail(failure);
        }
    }

    /**
     * Writes all that is left in the buffer.
     *
     * @return how much that was
     */
    public int write(ByteBuffer from, long position) throws IOException {
        requirePosition(position);
        return writeAll(from, position, false);
    }

    /** The same at the end of a file that was opened with {@code APPEND}. */
    public int append(ByteBuffer from) throws IOException {
        return writeAll(from, 0, true);
    }

    private int writeAll(ByteBuffer from, long position, boolean appends) throws IOException {
        int count = from.remaining();
        if (from.isDirect()) {
            writeDirect(from.slice(), position, appends);
            from.position(from.limit());
            return count;
        }
        ByteBuffer piece = handOver.buffers().take();
        try {
            int done = 0;
            do {
                piece.clear();
                int length = Math.min(piece.capacity(), count - done);
                piece.put(0, from, from.position(), length).limit(length);
                writeDirect(piece.slice(), position + done, appends);
                from.position(from.position() + length);
                done += length;
            } while (done < count);
            return count;
        } finally {
            handOver.buffers().giveBack(piece);
        }
    }

    private void writeDirect(ByteBuffer from, long position, boolean appends) throws IOException {
        ask(
                "write",
                (of, request) -> {
                    if (appends) {
                        of.append(from, (same, buffer, failure) -> request.end(0, failure));
                    } else {
                        of.write(
                                from, position, (same, buffer, failure) -> request.end(0, failure));
                    }
                });
    }

    /** The size in bytes. */
    public long size() throws IOException {
        return ask(
                "size",
                (of, request) ->
                        of.size()
                                .whenComplete(
                                        (size, failure) -> {
                                            request.end(failure == null ? size : 0, failure);
                                        }));
    }

    /** Makes the file as long as said: see {@link AsyncFile#truncate}. */
    public void truncate(long size) throws IOException {
        ask("truncate", (of, request) -> ends(of.truncate(size), request));
    }

    private static void ends(CompletionStage<?> stage, Request request) {
        stage.whenComplete((answer, failure) -> request.end(0, failure));
    }

    /**
     * Has the device store what was written.
     *
     * @param metaData whether attributes as well that reading does not need
     */
    public void sync(boolean metaData) throws IOException {
        ask(
                "sync",
                (of, request) -> {
                    if (metaData) {
                        of.sync((same, failure) -> request.end(0, failure));
                    } else {
                        of.syncData((same, failure) -> request.end(0, failure));
                    }
                });
    }

    /** What the system knows of the file: see {@link AsyncFile#attributes()}. */
    public FileAttributes attributes() throws IOException {
        return attributes(AsyncFile::attributes);
    }

    /** What the system knows of whatever has the path now. */
    FileAttributes attributesOfPath() throws IOException {
        return attributes(of -> AsyncFile.attributes(of.loop(), of.path()));
    }

    private interface Question {
        CompletionStage<FileAttributes> of(AsyncFile file);
    }

    private FileAttributes attributes(Question question) throws IOException {
        @Nullable FileAttributes[] answer = {null};
        ask(
                "attributes",
                (of, request) ->
                        question.of(of)
                                .whenComplete(
                                        (found, failure) -> {
                                            answer[0] = found;
                                            request.end(0, failure);
                                        }));
        return Objects.requireNonNull(answer[0]);
    }

    /** Begins to close it, and waits for nothing. Any thread. */
    void closeSoon() {
        handOver.add(new Closing(file));
    }

    /** Waits until what is in flight has ended and the file is closed. Idempotent. */
    @Override
    public void close() throws IOException {
        handOver.ensureElsewhere("close");
        Closing closing = new Closing(file);
        handOver.add(closing);
        try {
            closing.await(handOver);
        } catch (ClosedChannelException withItsLoop) {
            // The loop is closed, and with it all its files.
            return;
        }
    }

    private static final class Closing extends Request {
        private final AsyncFile file;

        /** Those that came later; loop thread only. */
        private final List<Closing> others = new ArrayList<>();

        Closing(AsyncFile file) {
            this.file = file;
        }

        @Override
        void start() {
            if (file.isClosed()) {
                end(0);
            } else if (file.attachment() instanceof Closing first) {
                // One close callback serves all who wait for it.
                first.others.add(this);
            } else {
                file.attach(this);
                file.onClosed(
                        () -> {
                            end(0);
                            others.forEach(each -> each.end(0));
                        });
                file.close();
            }
        }
    }
}
