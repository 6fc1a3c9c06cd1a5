// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.LoopHook;

/**
 * A handle that the loop calls once every turn while started; {@link Idle}, {@link Prepare} and
 * {@link Check} differ in when. Hooks of one kind run in the order in which they were started; one
 * started by another of its kind waits for the next turn.
 */
public sealed interface Hook extends Handle permits Idle, Prepare, Check, LoopHook {

    /** Calls {@code callback} every turn from now on, in place of an earlier one. */
    void start(Runnable callback);

    /** No more calls from now on. Idempotent. */
    void stop();
}
