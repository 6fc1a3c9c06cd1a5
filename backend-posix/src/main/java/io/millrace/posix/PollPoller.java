// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawWatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Readiness by poll(2): the kernel reads the whole list at every wait, so a wait costs time in
 * proportion to the number of sockets, but a change of interest costs no system call.
 *
 * <p>{@link Pollable#slot} is the socket's place in the list. Removing moves the last entry into
 * the gap with its readiness erased, so no event can reach the wrong socket. Level-triggered. Loop
 * thread, except {@link #wakeup}.
 */
final class PollPoller implements Poller {
    /** struct pollfd: int fd, short events, short revents. */
    private static final int ENTRY_BYTES = 8;

    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private static final int POLLIN = 0x1;
    private static final int POLLPRI = 0x2;
    private static final int POLLOUT = 0x4;
    private static final int POLLERR = 0x8;
    private static final int POLLHUP = 0x10;

    /** Of Linux: the peer has shut down what it sends. */
    private static final int POLLRDHUP = 0x2000;

    /** The descriptor was closed behind our back: any call on it will say so. */
    private static final int POLLNVAL = 0x20;

    private static final int INITIAL_CAPACITY = 64;
    private static final int WAKEUP = 0;

    private final SystemCalls calls;
    private final WakeupDescriptor wakeup;
    private final LoopContext context;
    private NativeMemory entries = NativeMemory.allocate(INITIAL_CAPACITY * ENTRY_BYTES);
    private @Nullable Pollable[] pollables = new Pollable[INITIAL_CAPACITY];
    private int count = WAKEUP + 1;

    PollPoller(SystemCalls calls, WakeupDescriptor wakeup, LoopContext context) {
        this.calls = calls;
        this.wakeup = wakeup;
        this.context = context;
        putEntry(WAKEUP, wakeup.descriptor(), POLLIN);
    }

    @Override
    public boolean edgeTriggered() {
        return false;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        if (count == pollables.length && !mayGrow()) {
            return Code.NO_MEMORY;
        }
        pollable.slot = count;
        pollables[count] = pollable;
        putEntry(count++, pollable.descriptor(), events(interest));
        return Code.OK;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        putEntry(pollable.slot, pollable.descriptor(), events(interest));
        return Code.OK;
    }

    @Override
    public int remove(Pollable pollable) {
        int gap = pollable.slot;
        int last = --count;
        Pollable moved = pollables[last];
        if (gap != last && moved != null) {
            moved.slot = gap;
            pollables[gap] = moved;
            putEntry(gap, entries.getInt(last * ENTRY_BYTES), getShort(last, EVENTS));
        }
        pollables[last] = null;
        pollable.slot = -1;
        return Code.OK;
    }

    @Override
    public int select(long timeoutNanos, Ready to) throws IoException {
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        context.countSystemCalls(1);
        int ready =
                entries.keptFor(calls.poll(entries.address(), count, Wait.millis(timeoutNanos)));
        context.waitEnded(Math.max(0, ready));
        if (ready == Code.INTERRUPTED) {
            return 0;
        }
        if (ready < 0) {
            throw IoException.of(ready, "poll", null);
        }
        report(ready, to);
        return ready;
    }

    /** From the end, so that a removal, which moves the last entry, moves one already seen. */
    private void report(int ready, Ready to) {
        int left = ready;
        for (int slot = count - 1; slot > WAKEUP && left > 0; slot--) {
            int revents = getShort(slot, REVENTS) & 0xffff;
            Pollable pollable = pollables[slot];
            if (revents != 0 && pollable != null) {
                left--;
                if (pollable instanceof RawWatch watch) {
                    to.watched(watch, watched(revents));
                } else {
                    to.ready(pollable, mask(revents, pollable.awaitsNotice));
                }
            }
        }
        if (left > 0 && getShort(WAKEUP, REVENTS) != 0) {
            context.countSystemCalls(1);
            wakeup.drain();
        }
    }

    @Override
    public void wakeup() {
        wakeup.signal();
    }

    @Override
    public void close() {
        wakeup.close();
    }

    private void putEntry(int slot, int fd, int events) {
        entries.putInt(slot * ENTRY_BYTES, fd);
        entries.putShort(slot * ENTRY_BYTES + EVENTS, (short) events);
        entries.putShort(slot * ENTRY_BYTES + REVENTS, (short) 0);
    }

    private int getShort(int slot, int field) {
        return entries.getShort(slot * ENTRY_BYTES + field);
    }

    private boolean mayGrow() {
        try {
            grow();
            return true;
        } catch (OutOfMemoryError noRoom) {
            // Told as a code: it concerns this socket, and not those that are watched already.
            return false;
        }
    }

    /** Both or neither. */
    private void grow() {
        NativeMemory larger = NativeMemory.allocate(2 * entries.size());
        @Nullable Pollable[] more = Arrays.copyOf(pollables, 2 * pollables.length);
        for (int offset = 0; offset < count * ENTRY_BYTES; offset += Long.BYTES) {
            larger.putLong(offset, entries.getLong(offset));
        }
        entries = larger;
        pollables = more;
    }

    private static int events(int interest) {
        return ((interest & READ) != 0 ? POLLIN : 0)
                | ((interest & WRITE) != 0 ? POLLOUT : 0)
                | ((interest & HANGUP) != 0 ? POLLRDHUP : 0)
                | ((interest & PRIORITY) != 0 ? POLLPRI : 0);
    }

    /** The number of POLLRDHUP is another one elsewhere, or there is none. */
    @Override
    public int watchable() {
        boolean hasHangUp = OperatingSystem.current() == OperatingSystem.LINUX;
        return READ | WRITE | PRIORITY | (hasHangUp ? HANGUP : 0);
    }

    private static int watched(int revents) {
        return ((revents & POLLIN) != 0 ? READ : 0)
                | ((revents & POLLOUT) != 0 ? WRITE : 0)
                | ((revents & POLLRDHUP) != 0 ? HANGUP : 0)
                | ((revents & POLLPRI) != 0 ? PRIORITY : 0)
                | ((revents & (POLLERR | POLLHUP)) != 0 ? ERROR : 0)
                | ((revents & POLLNVAL) != 0 ? CLOSED : 0);
    }

    /** An error is told whatever was asked for. */
    @Override
    public @Nullable String whyNoNotices() {
        boolean isLinux = OperatingSystem.current() == OperatingSystem.LINUX;
        return isLinux ? null : Poller.super.whyNoNotices();
    }

    private static int mask(int revents, boolean awaitsNotice) {
        int signs = awaitsNotice ? POLLHUP | POLLNVAL : POLLERR | POLLHUP | POLLNVAL;
        boolean gone = (revents & signs) != 0;
        boolean noticed = awaitsNotice && (revents & POLLERR) != 0;
        return ((revents & POLLIN) != 0 ? READ : 0)
                | ((revents & POLLOUT) != 0 ? WRITE : 0)
                | (gone ? READ | WRITE | HANGUP : 0)
                | (noticed ? NOTICE : 0);
    }

    @Override
    public String toString() {
        return "poll of " + (count - 1) + " sockets and the wake-up " + wakeup.descriptor();
    }
}
