// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.spi.Gather;
import io.millrace.spi.StreamPort;

/**
 * A stretch of something in a write queue that the kernel cannot be pointed to like memory: how
 * much of it is still to be sent, and how.
 */
abstract class WriteRegion {
    private long position;
    private long remaining;
    private boolean lengthKnown;

    /**
     * @param count negative if that is yet to become {@link #known}
     */
    WriteRegion(long position, long count) {
        this.position = position;
        remaining = Math.max(0, count);
        lengthKnown = count >= 0;
    }

    /**
     * Gives the driver as much as it takes: what {@link StreamPort#send} answers.
     *
     * @param most of what might have to come from a disk first
     */
    abstract int sendBy(StreamPort port, long most);

    /** Whether it cannot be sent yet, although it is its turn: it says to its queue when it can. */
    boolean waits() {
        return false;
    }

    /** Whether nothing of it is left to send. */
    boolean isOver() {
        return remaining == 0;
    }

    /** Whether its bytes take up memory while they wait. */
    abstract boolean isInMemory();

    /** Offers the next bytes, if {@link #sendBy} has the driver ask for them. */
    abstract void gather(Gather into);

    /** Lets go of where the bytes come from. */
    abstract void close();

    long position() {
        return position;
    }

    long remaining() {
        return remaining;
    }

    /** Only now it is known how much there is to send. */
    final void known(long count) {
        remaining = count;
        lengthKnown = true;
    }

    final boolean isLengthKnown() {
        return lengthKnown;
    }

    /** Moves on by at most {@code bytes}; answers by how much. */
    long advance(long bytes) {
        long moved = Math.min(bytes, remaining);
        position += moved;
        remaining -= moved;
        return moved;
    }
}
