// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * Something a loop takes care of until it is closed: a timer, a socket, a hook.
 *
 * <p>Confined to the loop's thread; every method checks that. A handle goes one way: open, closing,
 * closed. {@link #close} stops its events at once; its resources are gone at latest when the close
 * callback runs, and that is the handle's last callback. Close callbacks of one loop run in the
 * order of the {@code close} calls, except that nobody waits for a file: that of an {@code
 * AsyncFile} runs when its file is closed, which is when its device has answered. Nor for a stream
 * on top of another, whose callback follows that of the stream below.
 *
 * <p>The kinds that a loop makes are sealed; this is not, so that what is built on them, such as a
 * stream over another stream, can be one as well.
 *
 * <p>An <em>active</em> handle is one that events may come from. The loop runs as long as a handle
 * is active and referenced, or an operation is in flight.
 */
public interface Handle {
    /** The loop that this handle lives on. Any thread. */
    EventLoop loop();

    /** Whether events may come from this handle; what that takes is said by each kind. */
    boolean isActive();

    /** Whether {@link #close} was called. Stays true when the handle is closed. */
    boolean isClosing();

    /** Whether the close callback was reached. */
    boolean isClosed();

    /** Lets this handle, while active, keep the loop running: the initial state. Idempotent. */
    void ref();

    /** Lets the loop end although this handle is active. Idempotent, not counted. */
    void unref();

    boolean hasRef();

    /** The user's own object; null at first. */
    @Nullable Object attachment();

    void attach(@Nullable Object object);

    /**
     * Sets what to run when the handle is closed, in place of an earlier callback. If the handle is
     * closed already, that is an {@link IllegalStateException}: the callback would never run.
     */
    void onClosed(Runnable callback);

    /**
     * Closes the handle. From here on nothing is delivered but the ends of its unfinished
     * operations, as cancelled, and the close callback, later. Idempotent.
     */
    void close();
}
