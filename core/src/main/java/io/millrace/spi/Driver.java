// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/**
 * One loop's open connection to a kernel interface.
 *
 * <p>Opened on any thread; from the first {@link #poll} on it belongs to the thread that polls.
 * Only {@link #wakeup} may be called from elsewhere. Sinks are called from inside {@code poll} and
 * from nowhere else.
 */
public interface Driver extends AutoCloseable {
    Capabilities capabilities();

    /**
     * Submits what is queued, waits for events, and reports completions: a bounded amount per
     * handle and per call, fairly: of what has happened at least 8 events if there are as many, and
     * those left before any that comes later. EINTR is not an error: it ends the wait early.
     *
     * @param timeoutNanos how long to wait at most when nothing has happened; 0 does not wait, a
     *     negative number waits without limit. Never shorter than asked unless something happened
     *     or a signal came.
     * @return how many completions were reported
     * @throws IoException if the kernel interface itself fails; the loop cannot go on
     */
    int poll(long timeoutNanos) throws IoException;

    /**
     * Ends the current or else the next wait. Any thread, any time before {@code close} returns.
     */
    void wakeup();

    /** Makes listeners and streams. Always the same one. */
    StreamEngine streams();

    /**
     * Why ports answer {@link Code#NOT_SUPPORTED} to an option, if there is more to say than that
     * the system does not have it: what is missing, and what to do about it.
     */
    default @Nullable String whyUnsupported(PortOption option) {
        return null;
    }

    /**
     * The engine's own way with files, or null: then core uses threads for them. Always the same
     * one.
     */
    default @Nullable FileEngine files() {
        return null;
    }

    /**
     * How threads carry out what {@link #files} does not. The files of the one are the files of the
     * other. Always the same ones.
     */
    default FileCalls fileCalls() {
        return JavaFileCalls.ONLY;
    }

    /**
     * Makes datagram sockets, or null: then core says that there are none here. Always the same
     * one.
     */
    default @Nullable DatagramEngine datagrams() {
        return null;
    }

    /**
     * The engine's way to watch what is somebody else's, or null: then nobody can. Always the same
     * one.
     */
    default @Nullable WatchEngine watches() {
        return null;
    }

    /**
     * What the system has that no loop waits in, or null where there are no descriptors. Always the
     * same one.
     */
    default @Nullable SystemServices system() {
        return null;
    }

    /**
     * A descriptor that is readable while a poll would bring something, the wake-up included, or
     * -1: for loops in loops. It stays the same, and nobody else may read it.
     *
     * @throws IoException if there is one, and it cannot be made now
     */
    default int descriptor() throws IoException {
        return -1;
    }

    /**
     * For how many nanoseconds from now there is nothing for a poll to do that {@link #descriptor}
     * does not know of: 0 if there is, such as commands that the kernel has not been told yet; more
     * if something is to be looked at by then of which the kernel does not tell; negative if there
     * is no such thing.
     */
    default long untilPollNanos() {
        return -1;
    }

    /**
     * Releases everything. Every file request was ended, every file closed, every port was closed
     * and has reported it. After a poll that has failed, ports only need to be closed: the driver
     * lets go of their descriptors, and reports nothing any more. Idempotent.
     */
    @Override
    void close();
}
