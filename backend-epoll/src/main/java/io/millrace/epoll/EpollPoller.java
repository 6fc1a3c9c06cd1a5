// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.IoException;
import io.millrace.posix.Platform;
import io.millrace.posix.Registrations;
import io.millrace.posix.SystemCalls;
import io.millrace.posix.Timespec;
import io.millrace.posix.Wait;
import io.millrace.posix.WakeupDescriptor;
import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawWatch;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Readiness by Linux's epoll(7), level- or edge-triggered.
 *
 * <p>The two differ in what is registered. Level: exactly what is wanted, one epoll_ctl a change,
 * and the reactor joins the changes of one turn. Edge: everything, once, and no epoll_ctl until the
 * socket goes.
 *
 * <p>The wake-up is registered edge-triggered in both and never read. Loop thread, except {@link
 * #wakeup}.
 */
final class EpollPoller implements Poller {
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;

    /** No socket has this word: its slot would be negative. */
    private static final long WAKEUP = -1;

    private final EpollCalls calls;
    private final SystemCalls systemCalls;
    private final WakeupDescriptor wakeup;
    private final LoopContext context;
    private final boolean edge;
    private final EpollEvents events;
    private final Registrations registrations = new Registrations();
    private final Timespec timespec = new Timespec();

    /** Cleared once epoll_pwait2 turned out not to work: libc may have what the kernel refuses. */
    private boolean precise = true;

    /** -1 after close. */
    private int epoll;

    /** Takes over {@code wakeup}; closes it if this fails. */
    EpollPoller(
            EpollCalls calls,
            SystemCalls systemCalls,
            WakeupDescriptor wakeup,
            Platform platform,
            LoopContext context,
            boolean edge)
            throws IoException {
        this.calls = calls;
        this.systemCalls = systemCalls;
        this.wakeup = wakeup;
        this.context = context;
        this.edge = edge;
        this.events = new EpollEvents(platform.processor());
        this.epoll = calls.epoll_create1(platform.constants().openCloexec);
        if (epoll < 0) {
            wakeup.close();
            throw IoException.of(epoll, "epoll_create1", null);
        }
        int added = control(ADD, wakeup.descriptor(), EpollEvents.IN | EpollEvents.EDGE, WAKEUP);
        if (added < 0) {
            close();
            throw IoException.of(added, "epoll_ctl", null);
        }
    }

    @Override
    public boolean edgeTriggered() {
        return edge;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        long word;
        try {
            word = registrations.add(pollable);
        } catch (OutOfMemoryError noRoom) {
            // Told as a code: it concerns this socket, and not those that are watched already.
            return Code.NO_MEMORY;
        }
        int result = control(ADD, pollable.descriptor(), mask(pollable, interest), word);
        if (result < 0) {
            registrations.remove(pollable);
        }
        return result;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        return control(
                MODIFY,
                pollable.descriptor(),
                mask(pollable, interest),
                Registrations.word(pollable));
    }

    /**
     * Asks the kernel even though closing usually does it too: if the socket has been duplicated,
     * its registration outlives the close, and a level-triggered loop would spin on it for ever.
     */
    @Override
    public int remove(Pollable pollable) {
        int result = control(DELETE, pollable.descriptor(), 0, 0);
        registrations.remove(pollable);
        return result;
    }

    private int control(int operation, int fd, int mask, long word) {
        context.countSystemCalls(1);
        try {
            return calls.epoll_ctl(epoll, operation, fd, events.change(mask, word));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Edge-triggered, a peer's end and urgent data are asked for too, because each makes a short
     * read end before the bytes do. Level-triggered, they would be reported for ever.
     */
    private int mask(Pollable pollable, int interest) {
        int mask =
                ((interest & READ) != 0 ? EpollEvents.IN : 0)
                        | ((interest & WRITE) != 0 ? EpollEvents.OUT : 0);
        if (pollable instanceof RawWatch) {
            return mask
                    | ((interest & HANGUP) != 0 ? EpollEvents.RDHUP : 0)
                    | ((interest & PRIORITY) != 0 ? EpollEvents.PRI : 0);
        }
        return mask | (edge ? EpollEvents.EDGE | EpollEvents.RDHUP | EpollEvents.PRI : 0);
    }

    @Override
    public int watchable() {
        return READ | WRITE | HANGUP | PRIORITY;
    }

    /**
     * Asks for what is known: the kernel, which told nobody of a close, answers whose number it is.
     */
    @Override
    public int look(RawWatch watch, int interest) {
        return modify(watch, interest);
    }

    private static int watched(int mask) {
        return ((mask & EpollEvents.IN) != 0 ? READ : 0)
                | ((mask & EpollEvents.OUT) != 0 ? WRITE : 0)
                | ((mask & EpollEvents.RDHUP) != 0 ? HANGUP : 0)
                | ((mask & EpollEvents.PRI) != 0 ? PRIORITY : 0)
                | ((mask & (EpollEvents.ERR | EpollEvents.HUP)) != 0 ? ERROR : 0);
    }

    @Override
    public int descriptor() {
        return epoll;
    }

    @Override
    public int select(long timeoutNanos, Ready to) throws IoException {
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        int count = await(timeoutNanos);
        context.waitEnded(Math.max(0, count));
        if (count == Code.INTERRUPTED) {
            return 0;
        }
        if (count < 0) {
            throw IoException.of(count, "epoll_wait", null);
        }
        for (int i = 0; i < count; i++) {
            report(events.data(i), events.mask(i), to);
        }
        return count;
    }

    private void report(long word, int mask, Ready to) {
        if (word == WAKEUP) {
            return;
        }
        Pollable pollable = registrations.find(word);
        if (pollable instanceof RawWatch watch) {
            to.watched(watch, watched(mask));
        } else if (pollable != null) {
            to.ready(pollable, readiness(mask, pollable.awaitsNotice));
        }
    }

    private static int readiness(int mask, boolean awaitsNotice) {
        int gone = mask & (awaitsNotice ? EpollEvents.HUP : EpollEvents.ERR | EpollEvents.HUP);
        boolean noticed = awaitsNotice && (mask & EpollEvents.ERR) != 0;
        return ((mask & EpollEvents.IN) != 0 ? READ : 0)
                | ((mask & EpollEvents.OUT) != 0 ? WRITE : 0)
                | ((mask & (EpollEvents.RDHUP | EpollEvents.PRI)) != 0 ? READ | HANGUP : 0)
                | (gone != 0 ? READ | WRITE | HANGUP : 0)
                | (noticed ? NOTICE : 0);
    }

    /** An error is told whatever was asked for. */
    @Override
    public @Nullable String whyNoNotices() {
        return null;
    }

    private int await(long timeoutNanos) {
        if (precise && timeoutNanos > 0) {
            int count = awaitPrecisely(timeoutNanos);
            if (count != Code.NOT_IMPLEMENTED && count != Code.NOT_PERMITTED) {
                return count;
            }
            precise = false;
        }
        context.countSystemCalls(1);
        try {
            return calls.epoll_wait(
                    epoll, events.address(), EpollEvents.CAPACITY, Wait.millis(timeoutNanos));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private int awaitPrecisely(long timeoutNanos) {
        context.countSystemCalls(1);
        try {
            return calls.epoll_pwait2(
                    epoll, events.address(), EpollEvents.CAPACITY, timespec.set(timeoutNanos), 0);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void wakeup() {
        wakeup.signal();
    }

    @Override
    public void close() {
        if (epoll >= 0) {
            systemCalls.close(epoll);
            epoll = -1;
            wakeup.close();
        }
    }

    @Override
    public String toString() {
        String mode = edge ? "edge-triggered" : "level-triggered";
        return "epoll " + (epoll < 0 ? "closed" : epoll) + ", " + mode + ": " + registrations;
    }
}
