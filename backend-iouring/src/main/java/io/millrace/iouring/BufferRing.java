// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.BufferRingLayout;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.posix.NativeMemory;

/**
 * Empty buffers that the kernel may receive into: this process offers them at the tail, the kernel
 * takes them in order at a head of its own. Loop thread only once the ring is in use.
 *
 * <p>A buffer belongs to the kernel from {@link #publish} until a completion brings its identifier
 * back. Invariant: never more buffers are offered than there are entries.
 */
final class BufferRing implements AutoCloseable {
    /** The kernel's limit. */
    static final int MOST_ENTRIES = 32_768;

    private final RingCalls calls;
    private final NativeMemory entries;
    private final int capacity;
    private int tail;
    private int published;

    private BufferRing(RingCalls calls, NativeMemory entries, int capacity) {
        this.calls = calls;

        this.entries = entries;
        this.capacity = capacity;
    }

    /**
     * Makes a ring of {@code capacity} entries, a power of two, known to receives as {@code group}.
     *
     * @param flags as of {@link BufferRingLayout}
     */
    static BufferRing register(RingCalls calls, Ring ring, int group, int capacity, int flags)
            throws IoException {
        assert Integer.bitCount(capacity) == 1 && capacity <= MOST_ENTRIES;
        int bytes = capacity * BufferRingLayout.ENTRY_BYTES;
        NativeMemory registration = NativeMemory.allocate(BufferRingLayout.REGISTRATION_BYTES);
        long address = calls.mapPages(bytes);
        if (address < 0) {
            throw IoException.of((int) address, "mmap of io_uring buffers", null);
        }
        registration.putLong(BufferRingLayout.REGISTRATION_ADDRESS, address);
        registration.putInt(BufferRingLayout.REGISTRATION_ENTRIES, capacity);
        registration.putShort(BufferRingLayout.REGISTRATION_GROUP, (short) group);
        registration.putShort(BufferRingLayout.REGISTRATION_FLAGS, (short) flags);
        int result = ring.register(RegisterCode.BUFFER_RING, registration, 1);
        if (result < 0) {
            calls.unmap(address, bytes);
            throw IoException.of(result, "io_uring_register(buffer ring)", null);
        }
        return new BufferRing(calls, NativeMemory.at(address, bytes), capacity);
    }

    /** Offers one more buffer. The kernel sees it after the next {@link #publish}. */
    void offer(int id, long address, int length) {
        int at = (tail++ & (capacity - 1)) * BufferRingLayout.ENTRY_BYTES;
        entries.putLong(at + BufferRingLayout.ENTRY_ADDRESS, address);
        entries.putInt(at + BufferRingLayout.ENTRY_LENGTH, length);
        entries.putShort(at + BufferRingLayout.ENTRY_ID, (short) id);
    }

    /** Shows the kernel everything offered. Costs nothing if it has seen it all. */
    void publish() {
        if (tail != published) {
            publishTail(tail);
            published = tail;
        }
    }

    int capacity() {
        return capacity;
    }

    private void publishTail(int value) {
        entries.putShortRelease(BufferRingLayout.TAIL, (short) value);
    }

    /**
     * Gives the entries' memory back; the kernel holds on to its pages until the ring is closed.
     */
    @Override
    public void close() {
        calls.unmap(entries.address(), entries.size());
    }

    /** Only what this process knows: the ring's memory may be gone. */
    @Override
    public String toString() {
        return "buffers offered up to " + tail + ", shown up to " + published + ", of " + capacity;
    }
}
