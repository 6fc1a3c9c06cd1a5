// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopWatch;
import java.nio.channels.SelectableChannel;

/**
 * Says when a descriptor is ready that Millrace has nothing else to do with: of another library, of
 * a pipe, a terminal, an eventfd, or another loop's {@link EventLoop#backendDescriptor}. See
 * poll(2).
 *
 * <p>The descriptor stays the caller's: a watch neither reads, writes, nor closes it, and does not
 * make it non-blocking, which whoever reads it should do. It must stay open until the watch is
 * closed, and with io_uring a turn longer, which is when the kernel lets go of it. One that is
 * closed earlier is a failure, told once: at the latest when the watch is started anew or its
 * number is given to a socket of this loop, mostly a few milliseconds later if the loop turns.
 *
 * <p>Level-triggered on every backend: what is there is told once a turn until it is gone. A
 * descriptor is watched once on a loop; for two watches duplicate it, see dup(2). That of a stream
 * or server of the same loop must not be watched.
 *
 * <p>Regular files, and what else is always ready, are refused with {@code EPERM} on every backend.
 * Backends without descriptors ({@code nio}) watch a {@link SelectableChannel} instead. Which
 * events a backend knows is in the table of {@code docs/semantics.md}. Loop thread only. Active
 * while started.
 */
public sealed interface DescriptorWatch extends Handle permits LoopWatch {
    /** There is something to read, or the end, or an error that a read would tell. */
    int READABLE = 1;

    /** There is room to write, or an error that a write would tell. */
    int WRITABLE = 2;

    /**
     * The other side has closed, or shut down what it sends. When it has gone altogether, or the
     * descriptor has an error, that is told unasked if neither {@link #READABLE} nor {@link
     * #WRITABLE} is watched for, because kernels do.
     */
    int HANGUP = 4;

    /** Urgent data, or what else poll(2) calls exceptional. */
    int PRIORITY = 8;

    /**
     * Makes a stopped watch.
     *
     * @throws IoException with {@code EBADF} if it is not open, {@code EPERM} if it is always
     *     ready, {@code EEXIST} if this loop watches it already
     * @throws IllegalArgumentException if it is negative
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static DescriptorWatch open(EventLoop loop, int descriptor) throws IoException {
        return LoopWatch.open((Loop) loop, descriptor);
    }

    /**
     * Makes a stopped watch of a channel, on backends that have channels instead of descriptors. A
     * server is readable when it can accept, a channel that connects is writable when it can finish
     * that. Close the watch before the channel blocks again.
     *
     * @throws IoException with {@code EBADF} if it is closed, {@code EEXIST} if this loop watches
     *     it already
     * @throws IllegalArgumentException if the channel is in blocking mode
     * @throws UnsupportedOperationException if the loop's backend watches descriptors
     */
    static DescriptorWatch open(EventLoop loop, SelectableChannel channel) throws IoException {
        return LoopWatch.open((Loop) loop, channel);
    }

    /**
     * Tells the handler of these events from now on, in place of what it was started for before.
     *
     * @param events the sum of some of those above
     * @throws IllegalArgumentException if there are none, or others
     * @throws UnsupportedOperationException if the backend does not know one of them
     */
    void start(int events, WatchHandler handler);

    /** Tells nothing more, not even what was fetched from the kernel already. Idempotent. */
    void stop();

    /** What it was started for; 0 if it is stopped. */
    int events();
}
