// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import io.millrace.IoException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one thread asks of a loop and waits for. The thread parks, which a virtual one does without
 * its carrier; no monitor is held meanwhile.
 */
abstract class Request {
    /** How often a thread that waits for a loop looks whether there still is one. */
    private static final long LOOK_NANOS = 100_000_000;

    private static final int QUEUED = 0;
    private static final int BEGUN = 1;
    private static final int ENDED = 2;

    private final Thread waiter = Thread.currentThread();
    private final AtomicInteger state = new AtomicInteger(QUEUED);

    /** Written before {@link #state}. */
    private long result;

    private @Nullable Throwable failure;

    /** On the loop's thread. What it throws is the request's end. */
    abstract void start() throws IOException;

    /** On the loop's thread, unless the waiter has given up. */
    final void begin() {
        if (!state.compareAndSet(QUEUED, BEGUN)) {
            return;
        }
        try {
            start();
        } catch (IOException | RuntimeException | Error thrown) {
            fail(thrown);
        }
    }

    final void end(long answer) {
        result = answer;
        state.set(ENDED);
        LockSupport.unpark(waiter);
    }

    final void fail(Throwable why) {
        failure = why;
        end(0);
    }

    /**
     * Ends the way in which a callback or stage has.
     *
     * @param why null if it has not failed
     */
    final void end(long answer, @Nullable Throwable why) {
        if (why == null) {
            end(answer);
        } else {
            fail(why);
        }
    }

    /**
     * Waits for the end, also if the thread is interrupted: the system may still use the memory.
     * The interrupt stays pending.
     */
    final long await(HandOver at) throws IOException {
        boolean interrupted = false;
        while (state.get() != ENDED) {
            if (at.isGone() && state.compareAndSet(QUEUED, ENDED)) {
                failure = new ClosedChannelException();
                break;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            waiter.interrupt();
        }
        return answer();
    }

    private long answer() throws IOException {
        Throwable why = failure;
        if (why == null) {
            return result;
        }
        if (why instanceof IoException io) {
            // Made anew, so that its stack trace, if it has one, is this thread's.
            throw IoException.withMessage(
                    io.code(),
                    io.operation(),
                    io.address(),
                    io.path(),
                    io.bytesTransferred(),
                    String.valueOf(io.getMessage()),
                    io);
        }
        if (why instanceof IOException known) {
            throw known;
        }
        if (why instanceof RuntimeException programming) {
            throw programming;
        }
        if (why instanceof Error error) {
            throw error;
        }
        throw new IOException(why);
    }
}
