// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Readiness and nothing else: what selectors, select, poll, epoll and kqueue have in common.
 *
 * <p>Loop thread only, except {@link #wakeup}. Adding, modifying and removing answer {@link
 * io.millrace.spi.Code#OK} or a negative code, because a full table or lack of kernel memory must
 * fail one socket, not the loop.
 */
public interface Poller extends AutoCloseable {
    int READ = 1;
    int WRITE = 2;

    /**
     * The peer has gone, an error waits, or urgent data stands between the bytes: a short read no
     * longer means that the socket is drained. Reported without being asked for where the kernel
     * tells it. An edge-triggered poller must ask for it (EPOLLRDHUP, EPOLLPRI); a level-triggered
     * one must not, because it would be told for ever. Never a result by itself: whoever hears it
     * goes on until end of stream or error.
     */
    int HANGUP = 4;

    /** Of watches alone: urgent data or the like. */
    int PRIORITY = 8;

    /** Of watches alone: an error, or everybody on the other side has gone. Never asked for. */
    int ERROR = 16;

    /** Of watches alone: somebody has closed the descriptor. Never asked for. */
    int CLOSED = 32;

    /**
     * Of a socket that {@link Pollable#awaitsNotice}: there may be something in its error queue.
     * Told together with an error or hang-up, and asked for alone by whoever wants neither to read
     * nor to write meanwhile. Only where {@link #whyNoNotices} does not say why not.
     */
    int NOTICE = 64;

    /**
     * Whether readiness is told once per change. Such a poller is told {@code READ | WRITE} once
     * and never modified; the reactor remembers what it heard. Adding must report what is ready
     * already.
     */
    boolean edgeTriggered();

    /**
     * Begins interest, at least one of {@link #READ}, {@link #WRITE} and {@link #NOTICE}. Follows
     * the opening of the socket or a {@link #remove}.
     */
    int add(Pollable pollable, int interest);

    /**
     * Changes interest from one non-empty set to another. Level-triggered only, and for every
     * {@link RawWatch}, whose interest may be in {@link #HANGUP} and {@link #PRIORITY} as well.
     */
    int modify(Pollable pollable, int interest);

    /**
     * Ends interest, hang-ups included: because nothing is wanted for a while (level-triggered
     * only; {@link #add} follows), or because the socket is about to be closed. From here on no
     * event may reach {@code pollable}, not even one already fetched, nor may its successor get it.
     * The reactor counts it as removed whatever the answer.
     */
    int remove(Pollable pollable);

    /**
     * Waits as {@link io.millrace.spi.Driver#poll} does and reports each ready socket.
     *
     * <p>Calls {@link io.millrace.spi.LoopContext#waitBegins} before a wait that may block, calls
     * {@code waitEnded} always, at the latest before it returns, and counts its system calls there.
     */
    int select(long timeoutNanos, Ready to) throws IoException;

    /** Why it does not tell of {@link #NOTICE}; null if it does. */
    default @Nullable String whyNoNotices() {
        return "this system has no MSG_ZEROCOPY, which is Linux's";
    }

    /** What a {@link RawWatch} can be interested in; 0 if this poller takes none. */
    default int watchable() {
        return 0;
    }

    /**
     * Whether what is watched is still there, for kernel interfaces that do not tell when somebody
     * has closed it: {@link io.millrace.spi.Code#OK}, or a code. Called from time to time, and
     * after each callback of the watch.
     */
    default int look(RawWatch watch, int interest) {
        return Code.OK;
    }

    /** The watch is closed, after its removal if it was added: lets go of what is kept for it. */
    default void forget(RawWatch watch) {}

    /**
     * What a wait waits on, or -1: a descriptor of the kernel's that is readable while there is
     * something to report, the wake-up included.
     */
    default int descriptor() {
        return -1;
    }

    /**
     * Called between the closing of sockets and the report that they are closed: descriptors that
     * the poller's bookkeeping still holds open are let go of here.
     */
    default void settle() throws IoException {}

    /** Ends the current or else the next wait. Any thread. */
    void wakeup();

    @Override
    void close();

    /** A mask for humans: {@code READ|WRITE}, or {@code nothing}. */
    static String names(int mask) {
        StringJoiner names = new StringJoiner("|").setEmptyValue("nothing");
        if ((mask & READ) != 0) {
            names.add("READ");
        }
        if ((mask & WRITE) != 0) {
            names.add("WRITE");
        }
        if ((mask & HANGUP) != 0) {
            names.add("HANGUP");
        }
        if ((mask & PRIORITY) != 0) {
            names.add("PRIORITY");
        }
        if ((mask & NOTICE) != 0) {
            names.add("NOTICE");
        }
        return names.toString();
    }

    /**
     * Takes readiness; implemented by the reactor, which only notes it: no sink is called and no
     * socket opened, changed or closed inside. A socket may be reported in several calls.
     */
    interface Ready {
        void ready(Pollable pollable, int mask);

        /**
         * As {@link #ready}, of a {@link RawWatch}, with exactly what the kernel says of it, {@link
         * #ERROR} and {@link #CLOSED} included.
         */
        default void watched(RawWatch watch, int mask) {
            throw new IllegalStateException("not expected: " + watch);
        }

        /**
         * The kernel does not watch the socket after all: an addition or change that was answered
         * {@code OK}, because it was to ride along with the wait, has failed with {@code code}. The
         * socket counts as removed. Only pollers that queue their changes report this.
         */
        default void refused(Pollable pollable, int code) {
            throw new IllegalStateException("not expected: " + Code.name(code));
        }
    }
}
