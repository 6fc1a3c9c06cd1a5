// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Log;
import org.jspecify.annotations.Nullable;

/**
 * Hears of what user callbacks throw. The handle concerned is closed already, and nothing else is
 * affected: the loop and its other handles go on. Called on the loop's thread. What the handler
 * itself throws is logged, and has no other effect.
 */
@FunctionalInterface
public interface UncaughtHandler {
    /**
     * Logs through {@link System.Logger} {@code io.millrace}: what a loop does unless told
     * otherwise. Never throws.
     */
    UncaughtHandler LOGGING =
            (handle, failure) ->
                    Log.CORE.report(
                            System.Logger.Level.ERROR,
                            () ->
                                    handle == null
                                            ? "a task threw"
                                            : "a callback of " + handle + " threw; it was closed",
                            failure);

    /**
     * A callback or task has thrown.
     *
     * @param handle whose callback threw, null for a task
     * @param failure what it threw
     */
    void onUncaught(@Nullable Handle handle, Throwable failure);
}
