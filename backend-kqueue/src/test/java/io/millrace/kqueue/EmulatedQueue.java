// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.ErrnoTable;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;

/**
 * One queue of an {@link EmulatedKqueue}.
 *
 * <p>Its descriptor is an epoll over one epoll per filter and the eventfd of the user events. State
 * is guarded by this object; the wait is outside of it, so that others can change what is waited
 * for.
 */
final class EmulatedQueue {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Some systems accept no wait of a day or more. */
    private static final long DAY_SECONDS = 24 * 60 * 60;

    private static final int SOURCES = 3;

    private final Epoll sources = new Epoll();
    private final KqueueAbi abi;
    private final SocketFacts facts;
    private final SocketFilter reads;
    private final SocketFilter writes;
    private final UserFilter users;
    private final RecordViews views;
    private final EventWriter writer;
    private boolean writesFirst;

    /** Of the one thread that waits. */
    private NativeMemory timespec;

    EmulatedQueue(KqueueAbi abi, ErrnoTable errors) {
        this.abi = abi;
        facts = new SocketFacts(errors);
        reads = new SocketFilter(abi.filterRead, true, facts);
        writes = new SocketFilter(abi.filterWrite, false, facts);
        users = new UserFilter(abi.filterUser);
        views = new RecordViews(abi.layout);
        writer = new EventWriter(abi);
        sources.add(reads.descriptor(), Epoll.IN);
        sources.add(writes.descriptor(), Epoll.IN);
        sources.add(users.descriptor(), Epoll.IN);
    }

    int descriptor() {
        return sources.descriptor();
    }

    int kevent(long changes, int changeCount, long events, int eventCount, long timeout) {
        int answered = changeAll(changes, changeCount, events, eventCount);
        if (answered != 0 || eventCount == 0) {
            return answered;
        }
        return timeout == 0
                ? await(events, eventCount, Long.MAX_VALUE)
                : awaitFor(timespecAt(timeout), events, eventCount);
    }

    /** How many answers there are; or why the first change failed that there was no room for. */
    private synchronized int changeAll(long changes, int changeCount, long events, int eventCount) {
        if (changeCount == 0) {
            return 0;
        }
        Kevents records = views.of(changes, changeCount);
        int answers = 0;
        for (int i = 0; i < changeCount; i++) {
            int code = change(records, i);
            if (code == Code.OK && (records.flags(i) & KeventFlag.RECEIPT) == 0) {
                continue;
            }
            if (answers == eventCount) {
                return code;
            }
            writer.into(views.of(events, eventCount), eventCount)
                    .writeReceipt(answers++, records, i, code == 0 ? 0 : facts.platformErrno(code));
        }
        return answers;
    }

    private int change(Kevents changes, int index) {
        int filter = changes.filter(index);
        if (filter == abi.filterRead) {
            return reads.change(changes, index);
        }
        if (filter == abi.filterWrite) {
            return writes.change(changes, index);
        }
        return filter == abi.filterUser ? users.change(changes, index) : Code.INVALID_ARGUMENT;
    }

    /** Callers who keep using the same memory cost no garbage. */
    private NativeMemory timespecAt(long address) {
        if (timespec == null || timespec.address() != address) {
            timespec = NativeMemory.at(address, 16);
        }
        return timespec;
    }

    private int awaitFor(NativeMemory timespec, long events, int eventCount) {
        long seconds = timespec.getLong(0);
        long nanos = timespec.getLong(8);
        if (seconds < 0 || seconds >= DAY_SECONDS || nanos < 0 || nanos >= NANOS_PER_SECOND) {
            return Code.INVALID_ARGUMENT;
        }
        return await(events, eventCount, seconds * NANOS_PER_SECOND + nanos);
    }

    private int await(long events, int eventCount, long nanos) {
        long begun = System.nanoTime();
        while (true) {
            int collected = collect(events, eventCount);
            long left = nanos - (System.nanoTime() - begun);
            if (collected > 0 || left <= 0) {
                return collected;
            }
            int result = sources.await(SOURCES, millis(left));
            if (result < 0) {
                return result;
            }
        }
    }

    private static int millis(long nanos) {
        long roundedUp = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(roundedUp, Integer.MAX_VALUE);
    }

    /** No order is promised; so it changes from time to time. */
    private synchronized int collect(long events, int eventCount) {
        EventWriter into = writer.into(views.of(events, eventCount), eventCount);
        writesFirst = !writesFirst;
        int count = users.collect(into, 0);
        SocketFilter first = writesFirst ? writes : reads;
        SocketFilter second = writesFirst ? reads : writes;
        if (count < eventCount) {
            count = first.collect(into, count);
        }
        return count < eventCount ? second.collect(into, count) : count;
    }

    synchronized void close() {
        reads.close();
        writes.close();
        users.close();
        sources.close();
    }
}
