// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files for engines that have none: a {@link FileChannel}, used by the threads of {@link
 * LoopOptions.Builder#workExecutor}. As many operations run at once as that has threads.
 *
 * <p>Each request in flight has a {@link Task}, whose thread touches nothing of the loop's but the
 * question; the answer comes back through the loop's queue of tasks.
 */
final class WorkFiles implements FileEngine {
    private static final String MODE = "mode";
    private static final String SIZE = "size";
    private static final String LAST_MODIFIED = "lastModifiedTime";

    private final EventLoop loop;
    private final Supplier<Executor> executor;

    WorkFiles(EventLoop loop, Supplier<Executor> executor) {
        this.loop = loop;
        this.executor = executor;
    }

    /** A file that a task has opened. */
    private record Opened(FileChannel channel, boolean appends) implements OpenedFile {}

    @Override
    public void start(FileRequest request) {
        Task task = new Task(request);
        request.inEngine = task;
        try {
            executor.get().execute(task);
        } catch (RejectedExecutionException refusal) {
            task.refused(refusal);
        }
    }

    @Override
    public void cancel(FileRequest request) {
        ((Task) Objects.requireNonNull(request.inEngine)).cancel();
    }

    /** One request on its way through a thread. */
    private final class Task implements Runnable {
        private static final int QUEUED = 0;
        private static final int STARTED = 1;
        private static final int CANCELLED = 2;

        private final FileRequest request;
        private final AtomicInteger state = new AtomicInteger(QUEUED);
        private @Nullable OpenedFile opened;
        private @Nullable FileAttributes attributes;
        private @Nullable Throwable cause;

        Task(FileRequest request) {
            this.request = request;
        }

        void cancel() {
            if (state.compareAndSet(QUEUED, CANCELLED)) {
                deliver(Code.CANCELLED);
            }
        }

        /** There is no thread. A file is closed all the same, on the loop's own. */
        void refused(RejectedExecutionException refusal) {
            if (request.operation() == FileRequest.Operation.CLOSE) {
                run();
            } else {
                cause = refusal;
                deliver(Code.WOULD_BLOCK);
            }
        }

        /**
         * A file channel closes itself when the interrupt flag of the thread that uses it is set,
         * which would be the end of everybody else's operations, so the flag is lowered meanwhile.
         */
        @Override
        public void run() {
            if (!state.compareAndSet(QUEUED, STARTED)) {
                return;
            }
            boolean interrupted = Thread.interrupted();
            long result;
            try {
                result = carryOut();
            } catch (Throwable failure) {
                cause = failure;
                result = FileErrors.codeOf(failure);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            deliver(result);
        }

        private long carryOut() throws IOException {
            switch (request.operation()) {
                case STATUS -> attributes = attributesOf(request.path());
                case OPEN -> opened = open();
                case READ -> {
                    return Math.max(0, channel().read(view(), request.position()));
                }
                case WRITE -> {
                    return write();
                }
                case SYNC -> channel().force(true);
                case SYNC_DATA -> channel().force(false);
                case SIZE -> {
                    return channel().size();
                }
                case CLOSE -> channel().close();
            }
            return Code.OK;
        }

        private Opened open() throws IOException {
            FileChannel channel = FileChannel.open(request.path(), request.options());
            return new Opened(channel, request.options().contains(StandardOpenOption.APPEND));
        }

        /** A write at a position does not append everywhere, whatever the file was opened with. */
        private long write() throws IOException {
            boolean appends = ((Opened) request.file()).appends();
            return appends ? channel().write(view()) : channel().write(view(), request.position());
        }

        private FileChannel channel() {
            return ((Opened) request.file()).channel();
        }

        /** The request's bytes; a buffer of its own, since the caller may look at the other. */
        private ByteBuffer view() {
            return request.buffer().duplicate().limit(request.to()).position(request.from());
        }

        private void deliver(long result) {
            loop.tasks.add(() -> end(result));
        }

        private void end(long result) {
            request.inEngine = null;
            request.explain(cause);
            if (opened != null) {
                request.opened(opened);
            }
            if (attributes != null) {
                request.answer(attributes);
            }
            request.onEnded(result);
        }
    }

    private static FileAttributes attributesOf(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            String names = "unix:" + MODE + "," + SIZE + "," + LAST_MODIFIED;
            Map<String, Object> all = Files.readAttributes(path, names);
            FileTime time = (FileTime) required(all, LAST_MODIFIED);
            return new FileAttributes(
                    (Long) required(all, SIZE), time.toInstant(), (Integer) required(all, MODE));
        }
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileAttributes(
                basic.size(), basic.lastModifiedTime().toInstant(), typeOf(basic));
    }

    private static Object required(Map<String, Object> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    private static int typeOf(BasicFileAttributes basic) {
        if (basic.isRegularFile()) {
            return FileAttributes.TYPE_REGULAR;
        }
        return basic.isDirectory() ? FileAttributes.TYPE_DIRECTORY : 0;
    }
}
