// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.LoopGroup;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Several loops, each running on a thread of its own until the group is closed.
 *
 * <p>Thread-safe. What is done to one of its loops must be done on that loop's thread, with {@link
 * EventLoop#execute}.
 */
public sealed interface EventLoopGroup extends AutoCloseable permits LoopGroup {

    /** Opens and starts {@code size} loops, on threads named {@code millrace-<group>-<loop>}. */
    static EventLoopGroup open(int size) throws IoException {
        return LoopGroup.open(size);
    }

    static EventLoopGroup open(int size, LoopOptions options) throws IoException {
        return LoopGroup.open(size, options);
    }

    /**
     * Opens and starts loops on threads of the caller's making.
     *
     * @param threads makes platform threads: a loop waits in the kernel, and on a virtual thread it
     *     would keep a processor from all others, so that a few loops could not even be opened
     * @throws IllegalArgumentException if a thread is virtual
     * @throws IoException if not all of them can be opened; those that were are closed again
     */
    static EventLoopGroup open(int size, LoopOptions options, ThreadFactory threads)
            throws IoException {
        return LoopGroup.open(size, options, threads);
    }

    int size();

    /** The loops in turn; one whose backend has failed is left out while there are others. */
    EventLoop next();

    /** All loops. */
    List<EventLoop> loops();

    /**
     * Closes every handle of every loop, ends their threads and waits for them. Idempotent.
     *
     * @throws IllegalStateException on a thread of the group, which cannot wait for itself
     */
    @Override
    void close();
}
