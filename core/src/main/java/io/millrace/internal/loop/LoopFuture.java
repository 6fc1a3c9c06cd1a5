// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The stage of a set-up operation, completed on the loop's thread.
 *
 * <p>Waiting for it on that very thread would wait for ever, so that fails at once instead.
 */
public final class LoopFuture<T> extends CompletableFuture<T> {
    private final Loop loop;

    public LoopFuture(Loop loop) {
        this.loop = loop;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        ensureMayWait();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        ensureMayWait();
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        ensureMayWait();
        return super.join();
    }

    /**
     * A copy: a future that the user completes must not end the operation behind this one. It fails
     * with the same exception, which {@link #copy} would wrap into another.
     */
    @Override
    public CompletableFuture<T> toCompletableFuture() {
        LoopFuture<T> copy = new LoopFuture<>(loop);
        CompletionStage<T> original = this;
        original.whenComplete(copy::end);
        return copy;
    }

    /** Ends as another stage has ended, with that very failure if there is one. */
    public void end(T result, @Nullable Throwable failure) {
        if (failure == null) {
            complete(result);
        } else {
            completeExceptionally(failure);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopFuture<>(loop);
    }

    @Override
    public Executor defaultExecutor() {
        return loop::execute;
    }

    private void ensureMayWait() {
        if (!isDone() && loop.inLoop()) {
            throw new IllegalStateException(
                    "waiting on the loop's own thread would never end; use whenComplete");
        }
    }
}
