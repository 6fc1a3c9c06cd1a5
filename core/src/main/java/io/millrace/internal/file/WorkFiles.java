// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.LoopOptions;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.Loop;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;
import java.util.ArrayDeque;
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

    /**
     * Where threads were, and may still be, when the loop was let go of: the first of them. Linked,
     * for what is not in there would have its files closed under it.
     */
    private @Nullable Task left;

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
            task.nextLeft = left;
            left = task;
        }
    }

    /** Every thread that is inside a call on the file of a loop that was let go of is a user. */
    void share(LeftFile file) {
        for (Task each = left; each != null; each = each.nextLeft) {
            each.share(file);
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
        private final Outcome outcome = new Outcome(loop, this);
        private long result;
        private @Nullable Throwable cause;

        /** The next in {@link WorkFiles#left}. */
        private @Nullable Task nextLeft;

        /** What the thread leaves at its end, once it is {@link #LEFT}: a copy is of two files. */
        private @Nullable LeftFile kept;

        private @Nullable LeftFile keptTarget;

        /** Whether it has come to its end since it was {@link #LEFT}. */
        private boolean hasLeft;

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
                loop.deliver(outcome);
            } catch (RejectedExecutionException closed) {
                // The loop was let go of, and the request has ended without this.
                abandon();
            }
        }

        /** Nobody wants what was opened any more. */
        void abandon() {
            OpenFile opened = answer.opened;
            if (opened != null) {
                LeftFile.closeUnwanted(opened);
            }
        }

        /** Whether a thread has begun it and not ended it; then nobody waits for that any more. */
        boolean isLeft() {
            return state.compareAndSet(STARTED, LEFT);
        }

        /** If its thread is still inside a call on the file, it keeps that until it comes out. */
        synchronized void share(LeftFile file) {
            if (hasLeft) {
                return;
            }
            FileRequest current = request();
            if (file.is(current.fileIfAny())) {
                kept = file;
            } else if (file.is(current.targetFileIfAny())) {
                keptTarget = file;
            } else {
                return;
            }
            file.enter();
        }

        private synchronized void leave() {
            hasLeft = true;
            if (kept != null) {
                kept.run();
            }
            if (keptTarget != null) {
                keptTarget.run();
            }
        }

        private void end() {
            FileRequest ended = request();
            long code = result;
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
            ended.onEnded(code);
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
    private static final class Outcome extends Delivery {
        private final Task task;

        Outcome(Loop loop, Task task) {
            super(loop);
            this.task = task;
        }

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
