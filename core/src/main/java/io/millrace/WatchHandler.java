// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/** What a {@link DescriptorWatch} tells. Called on the loop's thread. */
@FunctionalInterface
public interface WatchHandler {
    /**
     * Something that is watched for is there, and goes on to be told, once a turn, until it is not.
     * The watch may be started anew, stopped and closed in here. What this throws closes the watch.
     *
     * @param events the sum of those of {@link DescriptorWatch} that are there; at least one
     */
    void onReady(DescriptorWatch watch, int events);

    /**
     * Nothing is told any more, because the descriptor was closed by somebody ({@code EBADF}) or
     * cannot be watched. Called once; the watch is stopped by then. Unless overridden, it closes.
     */
    default void onFailure(DescriptorWatch watch, IoException failure) {
        watch.close();
    }
}
