// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.nio.ByteBuffer;

/**
 * One direction of a connection: bytes that were sent, have arrived, were read, and whose room the
 * sender knows to be free again.
 *
 * <p>Invariant: {@code freed <= read <= arrived <= sent <= freed + capacity}. All four only grow.
 */
final class ReceiveBuffer {
    /** Enough for a message; most connections of a world with many never have more. */
    private static final int FIRST_BYTES = 512;

    private final int capacity;

    /** Grows with what is in it, up to the capacity. */
    private byte[] ring;

    private long freed;
    private long read;
    private long arrived;
    private long sent;

    ReceiveBuffer(int capacity) {
        this.capacity = capacity;
        ring = new byte[Math.min(capacity, FIRST_BYTES)];
    }

    /** How many bytes the sender may still send. */
    int room() {
        return (int) (capacity - (sent - freed));
    }

    int readable() {
        return (int) (arrived - read);
    }

    /** The position of the byte that is sent next. */
    long sent() {
        return sent;
    }

    /** The position of the byte that is read next. */
    long position() {
        return read;
    }

    /** Whether bytes are readable or on their way. */
    boolean hasUnread() {
        return sent != read;
    }

    void send(ByteBuffer source, int from, int count) {
        assert count <= room();
        grow((int) (sent - freed) + count);
        for (int i = 0; i < count; i++) {
            ring[(int) ((sent + i) % ring.length)] = source.get(from + i);
        }
        sent += count;
    }

    private void grow(int bytes) {
        if (bytes <= ring.length) {
            return;
        }
        byte[] larger = new byte[Math.min(capacity, Math.max(bytes, 2 * ring.length))];
        for (long at = freed; at < sent; at++) {
            larger[(int) (at % larger.length)] = ring[(int) (at % ring.length)];
        }
        ring = larger;
    }

    void arrive(int count) {
        arrived += count;
        assert arrived <= sent;
    }

    void read(ByteBuffer target, int at, int count) {
        assert count <= readable();
        for (int i = 0; i < count; i++) {
            target.put(at + i, ring[(int) ((read + i) % ring.length)]);
        }
        read += count;
    }

    void free(int count) {
        freed += count;
        assert freed <= read;
    }

    /** A reset threw away what had arrived. */
    void discard() {
        read = arrived;
    }
}
