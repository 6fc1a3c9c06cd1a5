// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.IoException;
import io.millrace.Work;
import io.millrace.spi.Code;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Work}. */
public final class LoopWork<T extends @Nullable Object> implements Work<T> {
    private static final int QUEUED = 0;
    private static final int STARTED = 1;
    private static final int CANCELLED = 2;

    private final Loop loop;
    private final Callable<T> task;
    private final LoopFuture<T> result;
    private final AtomicInteger state = new AtomicInteger(QUEUED);

    /** On its way to the loop; made when nothing depends on it yet. */
    private final End end;

    /** What the loop knows it by while it is in flight. */
    final Awaited inLoop = this::abandon;

    LoopWork(Loop loop, Callable<T> task) {
        this.loop = loop;
        this.task = task;
        end = new End(loop);
        result = new LoopFuture<>(loop);
    }

    @Override
    public CompletionStage<T> result() {
        return result;
    }

    @Override
    public boolean cancel() {
        if (state.get() != QUEUED) {
            return state.get() == CANCELLED;
        }
        IoException reason = cancelled();
        if (!state.compareAndSet(QUEUED, CANCELLED)) {
            return state.get() == CANCELLED;
        }
        end.failure = reason;
        deliver();
        return true;
    }

    /** Whether the executor, which has thrown, has not begun it; it never will. */
    boolean isRefused() {
        return state.compareAndSet(QUEUED, CANCELLED) || state.get() == CANCELLED;
    }

    /** The loop is gone; whatever the task may still answer, nobody hears it. */
    private void abandon() {
        state.compareAndSet(QUEUED, CANCELLED);
        loop.ends(inLoop);
        result.completeExceptionally(cancelled());
    }

    private static IoException cancelled() {
        return IoException.of(Code.CANCELLED, "work", null);
    }

    /** On a thread of the executor. */
    void run() {
        if (!state.compareAndSet(QUEUED, STARTED)) {
            return;
        }
        try {
            end.answer = task.call();
        } catch (Throwable failure) {
            end.failure = failure;
        }
        deliver();
    }

    private void deliver() {
        try {
            loop.deliver(end);
        } catch (RejectedExecutionException closed) {
            // The loop was let go of, and has ended the result itself.
            return;
        }
    }

    /** What it has come to, told to who waits for it. */
    private final class End extends Delivery {
        private @Nullable T answer;
        private @Nullable Throwable failure;

        End(Loop loop) {
            super(loop);
        }

        @Override
        @SuppressWarnings("NullAway")
        public void run() {
            loop.ends(inLoop);
            Throwable why = failure;
            if (why == null) {
                // What the task has answered, which may be null where T may.
                result.complete(answer);
            } else {
                result.completeExceptionally(why);
            }
        }
    }
}
