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

    /** What the loop knows it by while it is in flight. */
    final Awaited inLoop = this::abandon;

    LoopWork(Loop loop, Callable<T> task) {
        this.loop = loop;
        this.task = task;
        result = new LoopFuture<>(loop);
    }

    @Override
    public CompletionStage<T> result() {
        return result;
    }

    @Override
    public boolean cancel() {
        if (!state.compareAndSet(QUEUED, CANCELLED)) {
            return state.get() == CANCELLED;
        }
        deliver(() -> result.completeExceptionally(cancelled()));
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
        T answer;
        try {
            answer = task.call();
        } catch (Throwable failure) {
            deliver(() -> result.completeExceptionally(failure));
            return;
        }
        deliver(() -> result.complete(answer));
    }

    private void deliver(Runnable end) {
        try {
            loop.tasks.add(
                    () -> {
                        loop.ends(inLoop);
                        end.run();
                    });
        } catch (RejectedExecutionException closed) {
            // The loop was let go of, and has ended the result itself.
            return;
        }
    }
}
