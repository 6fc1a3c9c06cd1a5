// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import io.millrace.EventLoop;
import io.millrace.file.AsyncFile;
import io.millrace.spi.client.CachedReads;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens files for threads that block. All of them go through one loop, which some other thread has
 * to run; what many threads ask for at the same moment goes to the system together.
 *
 * <p>Any thread but the loop's own, which would wait for itself: calls on that are refused with
 * {@link IllegalStateException}. A virtual thread parks, and its carrier goes on. When the loop is
 * closed, what waits ends with {@link java.nio.channels.ClosedChannelException} or {@code
 * ECANCELED}.
 */
public final class BlockingFiles {
    private final HandOver handOver;

    private BlockingFiles(EventLoop loop) {
        handOver = new HandOver(loop);
    }

    /** Files on a loop; make one for all threads, since those of one share their wake-ups. */
    public static BlockingFiles on(EventLoop loop) {
        return new BlockingFiles(Objects.requireNonNull(loop, "loop"));
    }

    /**
     * Opens a file.
     *
     * @param options as of {@link AsyncFile#open}
     * @throws io.millrace.IoException {@code ENOENT}, or whatever open(2) says
     */
    public BlockingFile open(Path path, OpenOption... options) throws IOException {
        Objects.requireNonNull(path, "path");
        Set<OpenOption> chosen = Set.of(options);
        handOver.ensureElsewhere("open");
        Opening opening = new Opening(handOver.loop(), path, options.clone());
        handOver.add(opening);
        opening.await(handOver);
        return new BlockingFile(
                handOver,
                Objects.requireNonNull(opening.file),
                Objects.requireNonNull(opening.cached),
                chosen);
    }

    /**
     * Opens a file as a channel, with the position, the closing and the interrupts that {@link
     * FileChannel} promises. Locks are not supported; failures are those of {@link #open}.
     *
     * @param options as of {@link AsyncFile#open}
     */
    public FileChannel openChannel(Path path, OpenOption... options) throws IOException {
        return new LoopFileChannel(open(path, options));
    }

    /** How often the loop has looked for what threads ask. */
    long looks() {
        return handOver.looks();
    }

    private static final class Opening extends Request {
        private final EventLoop loop;
        private final Path path;
        private final OpenOption[] options;
        private @Nullable AsyncFile file;
        private @Nullable CachedReads cached;

        Opening(EventLoop loop, Path path, OpenOption[] options) {
            this.loop = loop;
            this.path = path;
            this.options = options;
        }

        @Override
        void start() {
            AsyncFile.open(loop, path, options)
                    .whenComplete(
                            (opened, failure) -> {
                                file = opened;
                                cached = opened == null ? null : CachedReads.of(opened);
                                end(0, failure);
                            });
        }
    }
}
