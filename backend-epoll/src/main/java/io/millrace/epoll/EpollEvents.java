// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.posix.NativeMemory;
import io.millrace.posix.Processor;

/**
 * The kernel's {@code struct epoll_event}: what it takes for one socket, and the list it fills.
 *
 * <p>A 32-bit mask and 64 bits of our own; packed to 12 bytes on x86-64, 16 elsewhere (linux
 * eventpoll.h, EPOLL_PACKED). The list has room for {@link #CAPACITY}.
 */
final class EpollEvents {
    static final int IN = 0x1;
    static final int PRI = 0x2;
    static final int OUT = 0x4;
    static final int ERR = 0x8;
    static final int HUP = 0x10;
    static final int RDHUP = 0x2000;
    static final int EDGE = 1 << 31;

    /**
     * How many events one wait takes; the rest comes with the next. Few, because the reactor
     * touches each of their ports before it serves the first, and what the kernel does for each
     * request drives that out of the caches again. 128 gained nothing at 512 connections nor at
     * 2,000.
     */
    static final int CAPACITY = 32;

    private final int eventBytes;
    private final int dataOffset;
    private final NativeMemory change;
    private final NativeMemory list;

    EpollEvents(Processor processor) {
        boolean packed = processor == Processor.X86_64;
        this.eventBytes = packed ? 12 : 16;
        this.dataOffset = packed ? 4 : 8;
        this.change = NativeMemory.allocate(eventBytes);
        this.list = NativeMemory.allocate(CAPACITY * eventBytes);
    }

    /** Writes the argument of epoll_ctl and answers its address. */
    long change(int mask, long data) {
        change.putInt(0, mask);
        change.putLong(dataOffset, data);
        return change.address();
    }

    long address() {
        return list.address();
    }

    int mask(int index) {
        return list.getInt(index * eventBytes);
    }

    long data(int index) {
        return list.getLong(index * eventBytes + dataOffset);
    }
}
