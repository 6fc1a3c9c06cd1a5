// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.nio.channels.SelectableChannel;

/**
 * Watches what is somebody else's: says when a descriptor or a channel is ready, and neither reads,
 * writes nor closes it. Level-triggered on every engine. Used where its driver may be.
 */
public interface WatchEngine {
    /** There is something to read, or its end, or an error that a read would tell. */
    int READABLE = 1;

    /** There is room to write, or an error that a write would tell. */
    int WRITABLE = 2;

    /** The other side has closed, or shut down what it sends. */
    int HANGUP = 4;

    /** There is something out of the ordinary, such as urgent data: POLLPRI. */
    int PRIORITY = 8;

    /** All of them. */
    int ALL = READABLE | WRITABLE | HANGUP | PRIORITY;

    /** Which of them this engine hears of when they are asked for; at least the first two. */
    int events();

    /**
     * Watches a descriptor, which core has not given it already. Nothing is asked for at first.
     *
     * @throws IoException with {@link Code#BAD_DESCRIPTOR} if it is not open, and with {@link
     *     Code#NOT_PERMITTED} if it is of a kind that is always ready, such as a regular file,
     *     whatever the kernel interface itself would say
     * @throws UnsupportedOperationException if the engine has no descriptors
     */
    default WatchPort watch(int descriptor, WatchSink sink) throws IoException {
        throw new UnsupportedOperationException("this engine has no descriptors");
    }

    /**
     * Watches a channel, which core has not given it already, and which does not block.
     *
     * @throws IoException with {@link Code#BAD_DESCRIPTOR} if it is closed
     * @throws UnsupportedOperationException if the engine watches no channels
     */
    default WatchPort watch(SelectableChannel channel, WatchSink sink) throws IoException {
        throw new UnsupportedOperationException("this engine watches descriptors, not channels");
    }
}
