// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Accepted;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two event loops: the one that it was deregistered from gives it up, and the
 * one that it is registered with next takes it. Either may come first, each on its own thread.
 */
final class Departure {
    private @Nullable Accepted connection;
    private @Nullable Throwable failure;
    private @Nullable BiConsumer<@Nullable Accepted, @Nullable Throwable> taker;
    private boolean taken;

    /** Whether it was closed before anybody took it. */
    private boolean closed;

    /** Whether the loop before is done with the channel. */
    private boolean settled;

    /** What is to be done with the connection when it has come, or is closed. */
    private final List<Runnable> afterwards = new ArrayList<>();

    private boolean over;

    /** Nobody has to be waited for: the connection is nobody's loop's. */
    void arrived(Accepted released) {
        BiConsumer<@Nullable Accepted, @Nullable Throwable> next;
        synchronized (this) {
            settled = true;
            next = taker;
            if (next == null && !taken) {
                connection = released;
                return;
            }
        }
        if (next == null) {
            released.close();
        } else {
            next.accept(released, null);
        }
    }

    /** There is no connection any more. */
    void failed(Throwable why) {
        BiConsumer<@Nullable Accepted, @Nullable Throwable> next;
        synchronized (this) {
            settled = true;
            failure = why;
            next = taker;
        }
        if (next != null) {
            next.accept(null, why);
        }
    }

    /**
     * Whether the loop before is done with the channel, so that others may let go of what waits in
     * it; if not, that loop is going to look whether the channel was closed.
     */
    synchronized boolean isSettled() {
        return settled;
    }

    /** Calls {@code next}, on whatever thread, with the connection, or why there is none. */
    void take(BiConsumer<@Nullable Accepted, @Nullable Throwable> next) {
        Accepted here;
        Throwable why;
        synchronized (this) {
            if (taken && !closed) {
                throw new IllegalStateException("the connection was taken by another loop");
            }
            taken = true;
            here = closed ? null : connection;
            why = closed ? new ClosedChannelException() : failure;
            if (here == null && why == null) {
                taker = next;
                return;
            }
        }
        next.accept(here, why);
    }

    /** Puts a command off until the connection has a loop again. False if it has by now. */
    synchronized boolean putsOff(Runnable command) {
        if (!over) {
            afterwards.add(command);
        }
        return !over;
    }

    /** The connection has a loop again, on whose thread this is, or is closed. */
    void isOver() {
        List<Runnable> commands;
        synchronized (this) {
            over = true;
            commands = List.copyOf(afterwards);
            afterwards.clear();
        }
        commands.forEach(Runnable::run);
    }

    /** Closes the connection, unless a loop takes it: whether none does. */
    boolean close() {
        Accepted here;
        synchronized (this) {
            if (taken) {
                return false;
            }
            taken = true;
            closed = true;
            here = connection;
        }
        if (here != null) {
            here.close();
        }
        return true;
    }
}
