// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.LoopWork;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A task that blocks or computes, run away from the loop; its result comes back to the loop.
 *
 * <p>Made by {@link EventLoop#work}. It keeps the loop running until its result is delivered.
 *
 * @param <T> what the task answers
 */
public sealed interface Work<T extends @Nullable Object> permits LoopWork {

    /**
     * The result, on the loop's thread: the task's answer, what it threw, or an {@link IoException}
     * that is {@linkplain IoException#isCancelled cancelled}.
     */
    CompletionStage<T> result();

    /**
     * Cancels a task that has not begun. A running one is not interrupted. Any thread.
     *
     * @return whether the task will never run
     */
    boolean cancel();
}
