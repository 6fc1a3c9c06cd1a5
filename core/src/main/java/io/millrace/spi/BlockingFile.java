// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.file.FileAttributes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An open file whose calls block, and which no interrupt disturbs: neither does the call end nor
 * the file close, and the thread's flag is up afterwards.
 *
 * <p>That is why this is no {@link FileChannel}: such a channel closes itself when a thread that
 * uses it is interrupted, which would be the end of everybody else's operations, and what its last
 * call had done would be unknown. Any thread, several at once.
 */
public abstract class BlockingFile implements OpenFile {
    /** How many zeros are appended at once. */
    private static final int ZEROS = 64 << 10;

    /** Of one that had lost its name as soon as it was open. */
    static final FileAttributes NAMELESS = new FileAttributes(0, Instant.EPOCH, 0);

    private final Path path;
    private FileAttributes opened = NAMELESS;

    private BlockingFile(Path path) {
        this.path = path;
    }

    /**
     * Opens a file as {@link FileChannel#open} does; waits for the other end if it is a FIFO.
     *
     * @param attributes of a file that is made
     * @throws IOException the JDK's own, see {@link FileErrors}
     */
    public static BlockingFile open(
            Path path, Set<StandardOpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        BlockingFile file =
                options.contains(StandardOpenOption.APPEND)
                        ? new Appended(path, FileChannel.open(path, options, attributes))
                        : new Positioned(
                                path,
                                AsynchronousFileChannel.open(
                                        path, options, Positioned.EXECUTOR, attributes));
        try {
            file.opened = JavaFileCalls.attributes(path);
        } catch (IOException nameless) {
            // It has lost its name already, so nobody will find it by that.
            file.opened = NAMELESS;
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
        return file;
    }

    /** What its path was when it was opened. */
    final FileAttributes opened() {
        return opened;
    }

    final Path path() {
        return path;
    }

    /** The JDK does not tell. */
    @Override
    public final int descriptor() {
        return -1;
    }

    /** Bytes, or -1 at or behind the end. */
    @Override
    public abstract int read(ByteBuffer into, long position) throws IOException;

    /** Bytes; of a file that was opened with {@code APPEND} at its end, whatever the position. */
    public abstract int write(ByteBuffer from, long position) throws IOException;

    /** Cuts the file off at a size that is less than what it has. */
    abstract void cut(long size) throws IOException;

    /** Whether writes land at the end, whatever their position. */
    abstract boolean isAppending();

    /**
     * Makes the file as long as said: what it has more is gone, what it has less reads as zeros.
     */
    public final void resize(long size) throws IOException {
        long current = size();
        if (size < current) {
            cut(size);
        } else if (!isAppending()) {
            if (size > current) {
                write(ByteBuffer.allocate(1), size - 1);
            }
        } else {
            for (long left = size - current; left > 0; ) {
                left -= write(ByteBuffer.allocate((int) Math.min(left, ZEROS)), 0);
            }
        }
    }

    /** Has the device store the content, and {@code attributes} too. */
    public abstract void force(boolean attributes) throws IOException;

    /** By positions: a channel that is made for threads of its own, but does as well without. */
    private static final class Positioned extends BlockingFile {
        /** Null where the system itself is asynchronous, which is on Windows: then wait for it. */
        static final @Nullable ExecutorService EXECUTOR =
                FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
                        ? new CallersThread()
                        : null;

        private final AsynchronousFileChannel channel;

        Positioned(Path path, AsynchronousFileChannel channel) {
            super(path);
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return result(channel.read(into, position));
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            return result(channel.write(from, position));
        }

        @Override
        void cut(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        boolean isAppending() {
            return false;
        }

        @Override
        public void force(boolean attributes) throws IOException {
            channel.force(attributes);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** At the end, which such channels refuse: a file channel, used by threads without a flag. */
    private static final class Appended extends BlockingFile {
        private final FileChannel channel;

        Appended(Path path, FileChannel channel) {
            super(path);
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return result(SteadyThreads.submit(() -> channel.read(into, position)));
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            return result(SteadyThreads.submit(() -> channel.write(from)));
        }

        @Override
        void cut(long size) throws IOException {
            result(SteadyThreads.submit(() -> channel.truncate(size)));
        }

        @Override
        boolean isAppending() {
            return true;
        }

        @Override
        public void force(boolean attributes) throws IOException {
            result(
                    SteadyThreads.submit(
                            () -> {
                                channel.force(attributes);
                                return Code.OK;
                            }));
        }

        @Override
        public long size() throws IOException {
            return result(SteadyThreads.submit(channel::size));
        }

        /** Not by another thread: there may be none to be had, and closing must not fail. */
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Waits whatever comes in between. */
    private static <T> T result(Future<T> operation) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return operation.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            throw causeOf(failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException causeOf(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return cause instanceof IOException io ? io : new IOException(failure);
    }

    /** Runs what it is given at once. It has nothing to shut down. */
    private static final class CallersThread extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
