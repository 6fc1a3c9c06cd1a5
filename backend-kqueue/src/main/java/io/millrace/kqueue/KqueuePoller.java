// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.IoException;
import io.millrace.posix.ErrnoTable;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Registrations;
import io.millrace.posix.Timespec;
import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawWatch;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Readiness by kqueue(2), level-triggered: one filter for reading and one for writing per socket,
 * each added and deleted as it is wanted.
 *
 * <p>Additions and changes are queued and ride along with the next wait, so they cost no system
 * call; whether they succeeded is known when it returns. A removal is submitted at once, because
 * the descriptor may be closed right after it. What is registered is known here and never asked of
 * the kernel, and nothing is added twice.
 *
 * <p>An event's EV_EOF only hints that the peer is gone, as there may be bytes to read before its
 * end. An error that comes with it may have been taken out of the socket by being reported, so it
 * is handed on. Loop thread, except {@link #wakeup}.
 */
final class KqueuePoller implements Poller {
    private static final int INITIAL_EVENTS = 256;

    /** Beyond this the next wait gets the rest: a bound on the work of one turn. */
    private static final int MAXIMUM_EVENTS = 4096;

    /** A filter that the kernel would not add, until the reactor can be told. */
    private record Refusal(long word, int bit, int code) {}

    private final KqueueCalls calls;
    private final KqueueAbi abi;
    private final ErrnoTable errors;
    private final LoopContext context;
    private final int kqueue;
    private final UserEvent userEvent;
    private final Interests interests = new Interests();
    private final ChangeList changes;
    private final Kevents events;
    private final Timespec timespec = new Timespec();
    private final Queue<Refusal> refusals = new ArrayDeque<>();

    KqueuePoller(KqueueCalls calls, KqueueAbi abi, ErrnoTable errors, LoopContext context)
            throws IoException {
        this.calls = calls;
        this.abi = abi;
        this.errors = errors;
        this.context = context;
        changes = new ChangeList(abi.layout);
        events = new Kevents(abi.layout, INITIAL_EVENTS);
        kqueue = calls.kqueue();
        if (kqueue < 0) {
            throw IoException.of(kqueue, "kqueue", null);
        }
        userEvent = userEvent();
        addUserEvent();
    }

    private UserEvent userEvent() {
        try {
            return new UserEvent(calls, abi, kqueue);
        } catch (Throwable failure) {
            calls.close(kqueue);
            throw failure;
        }
    }

    private void addUserEvent() throws IoException {
        UserEvent.putAdd(events, 0, abi);
        int result = calls.kevent(kqueue, events.address(0), 1, 0, 0, 0);
        if (result < 0) {
            close();
            throw IoException.of(result, "kevent", null);
        }
    }

    @Override
    public boolean edgeTriggered() {
        return false;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        try {
            interests.add(pollable);
        } catch (OutOfMemoryError noRoom) {
            // Told as a code: it concerns this socket, and not those that are watched already.
            return Code.NO_MEMORY;
        }
        change(pollable, interest);
        return Code.OK;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        change(pollable, interest);
        return Code.OK;
    }

    /**
     * Deletes what is registered, though closing the descriptor does it too: if it has been
     * duplicated, or under libkqueue, the registration would outlive the close.
     */
    @Override
    public int remove(Pollable pollable) {
        change(pollable, 0);
        interests.remove(pollable);
        return submit();
    }

    private void change(Pollable pollable, int interest) {
        int before = interests.of(pollable);
        changeFilter(pollable, abi.filterRead, (before & READ) != 0, (interest & READ) != 0);
        changeFilter(pollable, abi.filterWrite, (before & WRITE) != 0, (interest & WRITE) != 0);
        interests.set(pollable, interest);
    }

    private void changeFilter(Pollable pollable, int filter, boolean before, boolean now) {
        if (before != now) {
            int flags = now ? KeventFlag.ADD : KeventFlag.DELETE;
            if (!changes.hasRoom()) {
                // Growing may fail for lack of memory; telling the kernel now does not.
                submit();
            }
            changes.add(pollable.descriptor(), filter, flags, Registrations.word(pollable));
        }
    }

    /** Applies the queued changes now. What failed is told with the next wait. */
    private int submit() {
        int count = changes.count();
        if (count == 0) {
            return Code.OK;
        }
        Kevents receipts = changes.withReceipts();
        long address = changes.address();
        context.countSystemCalls(1);
        int result;
        try {
            result = calls.kevent(kqueue, address, count, address, count, timespec.set(0));
        } finally {
            Reference.reachabilityFence(this);
        }
        if (result < 0) {
            changes.withoutReceipts();
            return result;
        }
        for (int i = 0; i < count; i++) {
            noteFailure(receipts, i);
        }
        changes.clear();
        return Code.OK;
    }

    /**
     * A receipt does not say what was asked for. It was an addition if the filter is wanted; a
     * deletion that fails has nothing to delete, which is as good.
     */
    private void noteFailure(Kevents receipts, int index) {
        boolean failed = (receipts.flags(index) & KeventFlag.ERROR) != 0;
        long errno = receipts.data(index);
        if (failed && errno != 0) {
            int bit = bit(receipts.filter(index));
            refusals.add(new Refusal(receipts.udata(index), bit, errors.code((int) errno)));
        }
    }

    @Override
    public int select(long timeoutNanos, Ready to) throws IoException {
        if (!abi.reportsFailuresInWait()) {
            submit();
        }
        long patienceNanos = refusals.isEmpty() ? timeoutNanos : 0;
        if (patienceNanos != 0) {
            context.waitBegins();
        }
        int count = await(patienceNanos);
        context.waitEnded(Math.max(0, count));
        if (count < 0 && count != Code.INTERRUPTED) {
            throw IoException.of(count, "kevent", null);
        }
        for (int i = 0; i < count; i++) {
            report(i, to);
        }
        reportRefusals(to);
        adapt(count);
        return Math.max(0, count);
    }

    /**
     * The changes are applied before the wait begins, so they are done even if a signal ends it.
     * There is room for the failure of each: without room the first would end the call.
     */
    private int await(long timeoutNanos) {
        if (changes.count() > events.capacity() && !events.mayHold(changes.count())) {
            submit();
        }
        int changeCount = changes.count();
        changes.clear();
        context.countSystemCalls(1);
        try {
            return calls.kevent(
                    kqueue,
                    changes.address(),
                    changeCount,
                    events.address(0),
                    events.capacity(),
                    timeoutNanos < 0 ? 0 : timespec.set(timeoutNanos));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void report(int index, Ready to) {
        long word = events.udata(index);
        if (word == UserEvent.WORD) {
            return;
        }
        int flags = events.flags(index);
        if ((flags & KeventFlag.ERROR) != 0) {
            noteFailure(events, index);
            return;
        }
        Pollable pollable = interests.find(word);
        if (pollable == null) {
            return;
        }
        boolean gone = (flags & KeventFlag.EOF) != 0;
        if (gone && events.fflags(index) != 0) {
            pollable.takenError = errors.code(events.fflags(index));
        }
        int bit = bit(events.filter(index));
        if (pollable instanceof RawWatch watch) {
            to.watched(watch, gone ? bit | ERROR : bit);
            return;
        }
        to.ready(pollable, readiness(pollable, bit, gone));
    }

    /**
     * EV_EOF comes with a filter that is wanted; there is none for it alone, nor for urgent data.
     */
    @Override
    public int watchable() {
        return READ | WRITE;
    }

    @Override
    public int look(RawWatch watch, int interest) {
        return calls.isOpen(watch.descriptor()) ? Code.OK : Code.BAD_DESCRIPTOR;
    }

    /** Only where it is the kernel's: a library's may be a number of its own. */
    @Override
    public int descriptor() {
        return OperatingSystem.current().isBsd() ? kqueue : -1;
    }

    /**
     * A peer that no longer reads says nothing about what it sent before. But if reading is wanted,
     * it is tried: that comes before the writing, which is going to fail, and the list may have had
     * no place for the filter that knows whether there are bytes.
     */
    private int readiness(Pollable pollable, int bit, boolean gone) {
        if (!gone) {
            return bit;
        }
        return bit == READ ? READ | HANGUP : WRITE | (interests.of(pollable) & READ);
    }

    private int bit(int filter) {
        return filter == abi.filterRead ? READ : WRITE;
    }

    private void reportRefusals(Ready to) {
        for (Refusal refusal = refusals.poll(); refusal != null; refusal = refusals.poll()) {
            Pollable pollable = interests.find(refusal.word());
            if (pollable != null && (interests.of(pollable) & refusal.bit()) != 0) {
                remove(pollable);
                to.refused(pollable, refusal.code());
            }
        }
    }

    private void adapt(int count) {
        if (count == events.capacity() && count < MAXIMUM_EVENTS) {
            events.mayHold(2 * count);
        }
    }

    @Override
    public void wakeup() {
        userEvent.trigger();
    }

    @Override
    public void close() {
        userEvent.close();
    }

    @Override
    public String toString() {
        return "kqueue "
                + kqueue
                + ": "
                + interests
                + ", changes not told yet: "
                + changes.count()
                + ", refusals to be told: "
                + refusals.size();
    }
}
