// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.LoopOptions;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.TaskQueue;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Files for engines that have none, and what others leave: the driver's blocking calls, on the
 * threads of {@link LoopOptions.Builder#workExecutor}. As many operations run at once as that has
 * threads.
 *
 * <p>Each request in flight has a {@link Task}, whose thread touches nothing of the loop's but the
 * question; the answer comes back through the loop's queue of tasks.
 */
final class WorkFiles implements FileEngine {
    /** Beyond so many idle ones the rest is left to the garbage collector. */
    private static final int MOST_IDLE = 1024;

    private final Loop loop;
    private final FileCalls calls;
    private final ArrayDeque<Task> idle = new ArrayDeque<>();

    /** Where threads were, and may still be, when the loop was let go of. */
    private final List<Task> left = new ArrayList<>(0);

    WorkFiles(Loop loop) {
        this.loop = loop;
        calls = loop.driver.fileCalls();
    }

    @Override
    public void start(FileRequest request) {
        Task last = idle.pollLast();
        Task task = last == null ? new Task() : last;
        task.begin(request);
        request.inEngine = task;
        try {
            loop.workExecutor().execute(task);
        } catch (Throwable refusal) {
            if (task.isRefused()) {
                throw refusal;
            }
            // It has run all the same, and its answer is on its way.
            loop.guard.failed(refusal);
        }
    }

    @Override
    public void cancel(FileRequest request) {
        ((Task) Objects.requireNonNull(request.inEngine)).cancel();
    }

    /** The loop was let go of, and nobody waits for what a thread may be doing. */
    void abandon(FileRequest request) {
        Task task = (Task) Objects.requireNonNull(request.inEngine);
        if (task.isLeft()) {
            left.add(task);
        }
    }

    /**
     * Leaves the close of a file to the threads that are inside a call on it, if there are any: the
     * last of them to come out does it. What they write would go wherever the system uses the
     * descriptor next. For a loop that was let go of.
     */
    boolean leaves(OpenFile file) {
        if (left.isEmpty()) {
            return false;
        }
        LeftFile shared = new LeftFile(file);
        return shareWithThreads(shared) && !shared.leave();
    }

    /**
     * As {@link #leaves}, for a file that others use as well: they run what is returned when the
     * last of them has left it, and that closes the file if no thread is inside a call on it.
     */
    Runnable closerOf(OpenFile file) {
        LeftFile shared = new LeftFile(file);
        shareWithThreads(shared);
        return shared::leaveAndClose;
    }

    /** Whether a thread is inside a call on it. */
    private boolean shareWithThreads(LeftFile shared) {
        boolean isShared = false;
        for (Task each : left) {
            isShared |= each.isOn(shared.file) && each.keeps(shared);
        }
        return isShared;
    }

    /** A file that nobody closes but the last of its users: threads, and who counts them. */
    private static final class LeftFile {
        private final OpenFile file;
        private final AtomicInteger users = new AtomicInteger(1);

        LeftFile(OpenFile file) {
            this.file = file;
        }

        void enter() {
            users.incrementAndGet();
        }

        /** Whether that was the last. */
        boolean leave() {
            return users.decrementAndGet() == 0;
        }

        void leaveAndClose() {
            if (leave()) {
                closeUnwanted(file);
            }
        }
    }

    private static void closeUnwanted(OpenFile file) {
        try {
            file.close();
        } catch (IOException nobodyToTell) {
            Log.CORE.report(
                    System.Logger.Level.DEBUG,
                    "a file that nobody wants any more, closed, fails",
                    nobodyToTell);
        }
    }

    /**
     * One request on its way through a thread. Used again once a thread has run it, so that a
     * request allocates nothing on the loop's thread; one that was cancelled before may still be in
     * the executor's hands.
     */
    private final class Task implements Runnable {
        private static final int QUEUED = 0;
        private static final int STARTED = 1;
        private static final int CANCELLED = 2;
        private static final int DONE = 3;

        /** Started, and nobody waits for it any more. */
        private static final int LEFT = 4;

        private @Nullable FileRequest request;
        private final AtomicInteger state = new AtomicInteger(QUEUED);
        private final FileAnswer answer = new FileAnswer();
        private final Delivery delivery = new Delivery(this);
        private long result;
        private @Nullable Throwable cause;

        /** What the thread closes at its end, once it is {@link #LEFT}; null after that. */
        private @Nullable List<LeftFile> kept = new ArrayList<>(0);

        void begin(FileRequest next) {
            request = next;
            state.set(QUEUED);
        }

        private FileRequest request() {
            return Objects.requireNonNull(request);
        }

        void cancel() {
            if (state.compareAndSet(QUEUED, CANCELLED)) {
                result = Code.CANCELLED;
                deliver();
            }
        }

        /** Whether the executor, which has thrown, has not begun it; it never will. */
        boolean isRefused() {
            return state.compareAndSet(QUEUED, CANCELLED);
        }

        @Override
        public void run() {
            if (!state.compareAndSet(QUEUED, STARTED)) {
                return;
            }
            try {
                result = calls.carryOut(request(), answer);
            } catch (Throwable failure) {
                cause = failure;
                result = FileErrors.codeOf(failure);
            }
            if (!state.compareAndSet(STARTED, DONE)) {
                leave();
            }
            deliver();
        }

        private void deliver() {
            try {
                loop.deliver(delivery);
            } catch (RejectedExecutionException closed) {
                // The loop was let go of, and the request has ended without this.
                abandon();
            }
        }

        /** Nobody wants what was opened any more. */
        void abandon() {
            OpenFile opened = answer.opened;
            if (opened != null) {
                closeUnwanted(opened);
            }
        }

        /** Whether a thread has begun it and not ended it; then nobody waits for that any more. */
        boolean isLeft() {
            return state.compareAndSet(STARTED, LEFT);
        }

        boolean isOn(OpenFile file) {
            FileRequest current = request();
            return current.fileIfAny() == file || current.targetFileIfAny() == file;
        }

        /** Whether its thread is still inside, and keeps the file until it comes out. */
        synchronized boolean keeps(LeftFile file) {
            if (kept == null) {
                return false;
            }
            kept.add(file);
            file.enter();
            return true;
        }

        private synchronized void leave() {
            List<LeftFile> all = Objects.requireNonNull(kept);
            kept = null;
            for (LeftFile each : all) {
                each.leaveAndClose();
            }
        }

        private void end() {
            FileRequest ended = request();
            long outcome = result;
            ended.inEngine = null;
            ended.explain(cause);
            if (answer.opened != null) {
                ended.opened(answer.opened);
            }
            if (answer.attributes != null) {
                ended.answer(answer.attributes);
            }
            if (answer.value != null) {
                ended.answerWith(answer.value);
            }
            becomeIdle();
            ended.onEnded(outcome);
        }

        private void becomeIdle() {
            request = null;
            cause = null;
            answer.opened = null;
            answer.attributes = null;
            answer.value = null;
            if (state.get() != DONE || idle.size() == MOST_IDLE) {
                return;
            }
            try {
                idle.addLast(this);
            } catch (OutOfMemoryError scarce) {
                // There is no room to keep it: the next request makes one.
                loop.guard.failed(scarce);
            }
        }
    }

    /** An answer on its way to the loop, which may close before it gets there. */
    private record Delivery(Task task) implements TaskQueue.Abandonable {
        @Override
        public void run() {
            task.end();
        }

        @Override
        public void abandon() {
            task.abandon();
        }
    }
}
