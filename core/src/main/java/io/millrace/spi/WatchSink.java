// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** What a watch reports. Called only from inside {@link Driver#poll}. */
public interface WatchSink {
    /**
     * Something of what is awaited is there. A descriptor that has failed or whose other side is
     * gone is ready for whatever is awaited of {@link WatchEngine#READABLE} and {@link
     * WatchEngine#WRITABLE}; if neither is, {@link WatchEngine#HANGUP} is told unasked, since
     * kernels do not keep it to themselves.
     *
     * @param events at least one
     */
    void onReady(int events);

    /**
     * Watching is over, because the descriptor was closed by somebody, or cannot be watched: once,
     * and then nothing is awaited any more.
     */
    void onFailed(int code);

    /** The last call: the kernel has forgotten the watch. */
    void onClosed();
}
