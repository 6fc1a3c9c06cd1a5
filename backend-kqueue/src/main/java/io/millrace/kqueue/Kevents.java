// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.NativeMemory;

/**
 * An array of {@code struct kevent} in native memory: changes for the kernel or events from it.
 *
 * <p>Fields have their C names. Filter and flags are widened to {@code int} the way C would: the
 * filter is signed, the flags are not. Confined to one thread at a time.
 */
final class Kevents {
    private final KeventLayout layout;
    private NativeMemory memory;
    private int capacity;

    Kevents(KeventLayout layout, int capacity) {
        this(layout, NativeMemory.allocate(capacity * layout.bytes));
    }

    /** Over memory of somebody else's. */
    Kevents(KeventLayout layout, NativeMemory memory) {
        this.layout = layout;
        this.memory = memory;
        capacity = memory.size() / layout.bytes;
    }

    /** Where record {@code index} begins. */
    long address(int index) {
        return memory.address(index * layout.bytes);
    }

    int capacity() {
        return capacity;
    }

    /** Makes room for {@code atLeast} records; those that are there stay. */
    void ensureCapacity(int atLeast) {
        if (atLeast <= capacity) {
            return;
        }
        int used = capacity * layout.bytes;
        int more = Math.max(atLeast, 2 * capacity);
        NativeMemory larger = NativeMemory.allocate(more * layout.bytes);
        for (int offset = 0; offset < used; offset += Long.BYTES) {
            larger.putLong(offset, memory.getLong(offset));
        }
        memory = larger;
        capacity = more;
    }

    /** Makes room for {@code atLeast} records, unless there is no memory for them. */
    boolean mayHold(int atLeast) {
        try {
            ensureCapacity(atLeast);
            return true;
        } catch (OutOfMemoryError noRoom) {
            // Whoever asks can go on with what there is.
            return false;
        }
    }

    /** Writes a record without note and data. */
    void put(int index, long ident, int filter, int flags, long udata) {
        int start = index * layout.bytes;
        memory.zero(start, layout.bytes);
        memory.putLong(start + KeventLayout.IDENT, ident);
        putSmall(start + KeventLayout.FILTER, filter);
        putSmall(start + layout.flags, flags);
        memory.putLong(start + layout.udata, udata);
    }

    void putFlags(int index, int flags) {
        putSmall(index * layout.bytes + layout.flags, flags);
    }

    void putFflags(int index, int fflags) {
        memory.putInt(index * layout.bytes + layout.fflags, fflags);
    }

    void putData(int index, long data) {
        memory.putLong(index * layout.bytes + layout.data, data);
    }

    long ident(int index) {
        return memory.getLong(index * layout.bytes + KeventLayout.IDENT);
    }

    int filter(int index) {
        int offset = index * layout.bytes + KeventLayout.FILTER;
        return layout.wide ? memory.getInt(offset) : memory.getShort(offset);
    }

    int flags(int index) {
        int offset = index * layout.bytes + layout.flags;
        return layout.wide ? memory.getInt(offset) : Short.toUnsignedInt(memory.getShort(offset));
    }

    int fflags(int index) {
        return memory.getInt(index * layout.bytes + layout.fflags);
    }

    long data(int index) {
        return memory.getLong(index * layout.bytes + layout.data);
    }

    long udata(int index) {
        return memory.getLong(index * layout.bytes + layout.udata);
    }

    private void putSmall(int offset, int value) {
        if (layout.wide) {
            memory.putInt(offset, value);
        } else {
            memory.putShort(offset, (short) value);
        }
    }
}
