// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawWatch;
import org.jspecify.annotations.Nullable;

/**
 * Readiness by select(2): sets of bits, one bit a descriptor, copied in and out at every wait.
 *
 * <p>The sets have room for {@link #LIMIT} descriptors; the kernel would read and write past their
 * end for more, so a higher number never gets in. A closed descriptor fails the whole wait and has
 * to be looked for. {@link Pollable#slot} is the descriptor. Level-triggered. Loop thread, except
 * {@link #wakeup}.
 */
final class SelectPoller implements Poller {
    /** FD_SETSIZE of every libc we know. */
    static final int LIMIT = 1024;

    private static final int SET_BYTES = LIMIT / Byte.SIZE;

    private static final int WANTED_READS = 0;
    private static final int WANTED_WRITES = WANTED_READS + SET_BYTES;
    private static final int WANTED_URGENT = WANTED_WRITES + SET_BYTES;
    private static final int READY_READS = WANTED_URGENT + SET_BYTES;
    private static final int READY_WRITES = READY_READS + SET_BYTES;
    private static final int READY_URGENT = READY_WRITES + SET_BYTES;
    private static final int TIMEOUT = READY_URGENT + SET_BYTES;
    private static final int TIMEVAL_BYTES = 16;

    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    /** macOS refuses more than 10⁸ seconds; nobody will notice one empty turn a day. */
    private static final long MAXIMUM_MICROS = 24 * 60 * 60 * MICROS_PER_SECOND;

    private static final int SEEK_CUR = 1;

    private final SystemCalls calls;
    private final WakeupDescriptor wakeup;
    private final int wakeupDescriptor;
    private final LoopContext context;
    private final NativeMemory memory = NativeMemory.allocate(TIMEOUT + TIMEVAL_BYTES);
    private final @Nullable Pollable[] pollables = new Pollable[LIMIT];

    /** Whether anybody ever wanted to hear of urgent data; few do. */
    private boolean urgent;

    /** One more than the highest descriptor watched; only ever too high. */
    private int limit;

    SelectPoller(SystemCalls calls, WakeupDescriptor wakeup, LoopContext context) {
        this.calls = calls;
        this.wakeup = wakeup;
        this.context = context;
        this.wakeupDescriptor = wakeup.descriptor();
        watch(wakeupDescriptor, READ);
    }

    @Override
    public boolean edgeTriggered() {
        return false;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        int fd = pollable.descriptor();
        if (fd < 0 || fd >= LIMIT) {
            return Code.TOO_MANY_FILES;
        }
        pollable.slot = fd;
        pollables[fd] = pollable;
        watch(fd, interest);
        return Code.OK;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        watch(pollable.slot, interest);
        return Code.OK;
    }

    @Override
    public int remove(Pollable pollable) {
        int fd = pollable.slot;
        watch(fd, 0);
        put(READY_READS, fd, false);
        put(READY_WRITES, fd, false);
        put(READY_URGENT, fd, false);
        pollables[fd] = null;
        pollable.slot = -1;
        while (limit > 0 && pollables[limit - 1] == null && limit - 1 != wakeupDescriptor) {
            limit--;
        }
        return Code.OK;
    }

    private void watch(int fd, int interest) {
        put(WANTED_READS, fd, (interest & READ) != 0);
        put(WANTED_WRITES, fd, (interest & WRITE) != 0);
        if ((interest & PRIORITY) != 0) {
            urgent = true;
        }
        put(WANTED_URGENT, fd, (interest & PRIORITY) != 0);
        limit = Math.max(limit, fd + 1);
    }

    @Override
    public int select(long timeoutNanos, Ready to) throws IoException {
        int setsBytes = (urgent ? 3 : 2) * SET_BYTES;
        for (int offset = 0; offset < setsBytes; offset += Long.BYTES) {
            memory.putLong(READY_READS + offset, memory.getLong(WANTED_READS + offset));
        }
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        context.countSystemCalls(1);
        int ready = select(timeoutNanos);
        context.waitEnded(Math.max(0, ready));
        if (ready == Code.INTERRUPTED) {
            return 0;
        }
        if (ready == Code.BAD_DESCRIPTOR) {
            return reportClosed(to);
        }
        if (ready < 0) {
            throw IoException.of(ready, "select", null);
        }
        report(to);
        return ready;
    }

    /** A hang-up is no event of its own here: the set of those to read has it, and data as well. */
    @Override
    public int watchable() {
        return READ | WRITE | PRIORITY;
    }

    /** An error puts a socket into the sets of those to read and to write, and into no other. */
    @Override
    public String whyNoNotices() {
        return "select(2) tells of the kernel's notices only who waits to read or to write as well;"
                + " use poll, epoll or io_uring";
    }

    private int select(long timeoutNanos) {
        long timeout = 0;
        if (timeoutNanos >= 0) {
            long micros = Math.min(MAXIMUM_MICROS, Wait.roundedUp(timeoutNanos, NANOS_PER_MICRO));
            memory.putLong(TIMEOUT, micros / MICROS_PER_SECOND);
            memory.putLong(TIMEOUT + Long.BYTES, micros % MICROS_PER_SECOND);
            timeout = memory.address(TIMEOUT);
        }
        return memory.keptFor(
                calls.select(
                        limit,
                        memory.address(READY_READS),
                        memory.address(READY_WRITES),
                        urgent ? memory.address(READY_URGENT) : 0,
                        timeout));
    }

    private void report(Ready to) {
        for (int word = 0; word * Long.SIZE < limit; word++) {
            int offset = word * Long.BYTES;
            long ready =
                    memory.getLong(READY_READS + offset)
                            | memory.getLong(READY_WRITES + offset)
                            | memory.getLong(READY_URGENT + offset);
            for (; ready != 0; ready &= ready - 1) {
                report(word * Long.SIZE + Long.numberOfTrailingZeros(ready), to);
            }
        }
    }

    /** Looks at the sets once more, because what was reported before may have removed this one. */
    private void report(int fd, Ready to) {
        int mask = (get(READY_READS, fd) ? READ : 0) | (get(READY_WRITES, fd) ? WRITE : 0);
        Pollable pollable = pollables[fd];
        if (fd == wakeupDescriptor) {
            context.countSystemCalls(1);
            wakeup.drain();
        } else if (pollable instanceof RawWatch watch) {
            to.watched(watch, mask | (get(READY_URGENT, fd) ? PRIORITY : 0));
        } else if (mask != 0 && pollable != null) {
            to.ready(pollable, mask);
        }
    }

    /** Somebody closed a watched descriptor: its own next call has to say so, the others go on. */
    private int reportClosed(Ready to) {
        int closed = 0;
        for (int fd = 0; fd < limit; fd++) {
            Pollable pollable = pollables[fd];
            if (pollable != null && calls.lseek(fd, 0, SEEK_CUR) == Code.BAD_DESCRIPTOR) {
                closed++;
                if (pollable instanceof RawWatch watch) {
                    to.watched(watch, CLOSED);
                } else {
                    to.ready(pollable, READ | WRITE | HANGUP);
                }
            }
        }
        return closed;
    }

    @Override
    public void wakeup() {
        wakeup.signal();
    }

    @Override
    public void close() {
        wakeup.close();
    }

    private boolean get(int set, int fd) {
        return (memory.getLong(set + word(fd)) & bit(fd)) != 0;
    }

    private void put(int set, int fd, boolean member) {
        long bits = memory.getLong(set + word(fd));
        memory.putLong(set + word(fd), member ? bits | bit(fd) : bits & ~bit(fd));
    }

    /**
     * fd_set is an array of longs: sys/select.h. Where it is of ints, byte order makes it equal.
     */
    private static int word(int fd) {
        return fd / Long.SIZE * Long.BYTES;
    }

    private static long bit(int fd) {
        return 1L << (fd % Long.SIZE);
    }

    @Override
    public String toString() {
        return "select of descriptors below " + limit + ", with the wake-up " + wakeupDescriptor;
    }
}
