// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.IoException;
import java.util.concurrent.CompletionStage;

/**
 * A look-up under way. It keeps its loop running until it has ended, which it does once: with an
 * answer, with a failure, by {@link #cancel}, or because its loop is closed.
 *
 * @param <T> what is looked up
 */
public interface Lookup<T> {
    /**
     * The answer, on the thread of the loop that asked ({@link EventLoop}), or an {@link
     * IoException} with the name or address in it.
     */
    CompletionStage<T> result();

    /**
     * Ends the look-up as {@linkplain IoException#isCancelled cancelled}, unless it has ended. What
     * somebody has begun for it may go on; nobody hears of it. Any thread.
     *
     * @return whether it ends as cancelled
     */
    boolean cancel();
}
