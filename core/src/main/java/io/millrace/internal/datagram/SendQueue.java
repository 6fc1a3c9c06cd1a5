// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramSends;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket's sends in their order. Three marks: {@code head}, the oldest that is not delivered;
 * {@code unsent}, the oldest that the kernel has not taken; {@code tail}, the newest. From head to
 * before unsent are those that have ended, but whose end is not told.
 */
class SendQueue {
    private final PendingDatagram.Pool places;
    private @Nullable PendingDatagram head;
    private @Nullable PendingDatagram unsent;
    private @Nullable PendingDatagram tail;
    private int size;
    private int unsentCount;
    private int due;
    private long unsentBytes;

    SendQueue(PendingDatagram.Pool places) {
        this.places = places;
    }

    /** A place that is in no queue yet: {@link #add} or {@link #discard} follows. */
    final PendingDatagram place() {
        return places.take();
    }

    /** The place is not needed after all. */
    final void discard(PendingDatagram datagram) {
        letGo(datagram);
        places.giveBack(datagram);
    }

    final void add(PendingDatagram datagram) {
        if (tail == null) {
            head = datagram;
        } else {
            tail.next = datagram;
        }
        tail = datagram;
        if (unsent == null) {
            unsent = datagram;
        }
        size++;
        unsentCount++;
        unsentBytes += datagram.end - datagram.start;
    }

    /** Bytes that the kernel has not taken. */
    final long unsentBytes() {
        return unsentBytes;
    }

    /** How many there are, those that have ended and wait to be told included. */
    final int size() {
        return size;
    }

    /** How many the kernel has not taken, or not whole. */
    final int unsentCount() {
        return unsentCount;
    }

    /** How many of those have waited for nothing but others to leave with; they are the oldest. */
    final int due() {
        return due;
    }

    /** Whoever has queued them is done, and they wait for nothing but others to leave with. */
    final void allAreDue() {
        due = unsentCount;
    }

    final boolean hasUnsent() {
        return unsent != null;
    }

    final boolean isEmpty() {
        return head == null;
    }

    /** Whether ends wait to be told. */
    final boolean hasEnded() {
        return head != unsent;
    }

    /** Those that come next, so many at most, up to one that is refused. */
    final void gatherUnsent(DatagramSends into, int most) {
        PendingDatagram each = unsent;
        int left = most;
        while (left-- > 0 && each != null && each.refusal == Code.OK && !into.isFull()) {
            int piece = each.pieceBytes == 0 ? each.end - each.start : each.pieceBytes;
            int at = each.start;
            do {
                int next = Math.min(each.end, at + piece);
                into.add(each, at, next);
                at = next;
            } while (at < each.end && !into.isFull());
            each = each.next;
        }
    }

    /** The kernel took so many datagrams; answers how many bytes they had. */
    final long advance(int datagrams) {
        long before = unsentBytes;
        for (int i = 0; i < datagrams; i++) {
            PendingDatagram next = next();
            int left = next.end - next.start;
            if (next.pieceBytes != 0 && left > next.pieceBytes) {
                unsentBytes -= next.pieceBytes;
                next.start += next.pieceBytes;
            } else {
                unsentBytes -= left;
                endNext(null);
            }
        }
        return before - unsentBytes;
    }

    /** The oldest that the kernel has not taken, of which there is one. */
    final PendingDatagram next() {
        return Objects.requireNonNull(unsent);
    }

    /** That one has failed; those behind it are unaffected. */
    final void failNext(@Nullable IoException failure) {
        PendingDatagram next = next();
        unsentBytes -= next.end - next.start;
        endNext(failure);
    }

    private void endNext(@Nullable IoException failure) {
        PendingDatagram datagram = next();
        unsent = datagram.next;
        unsentCount--;
        if (due > 0) {
            due--;
        }
        datagram.failure = failure;
        letGo(datagram);
    }

    private static void letGo(PendingDatagram datagram) {
        ByteBuffer memory = datagram.memory;
        if (datagram.chunk != null) {
            datagram.chunk.release();
        } else if (memory != null) {
            memory.limit(datagram.end).position(datagram.end);
        }
        datagram.memory = null;
        datagram.chunk = null;
    }

    /** The oldest that has ended and is not told. */
    final PendingDatagram oldest() {
        assert hasEnded();
        return Objects.requireNonNull(head);
    }

    /** Forgets the oldest, whose end is about to be told. */
    final void removeOldest() {
        PendingDatagram datagram = oldest();
        head = datagram.next;
        if (head == null) {
            tail = null;
        }
        datagram.next = null;
        size--;
        places.giveBack(datagram);
    }

    @Override
    public String toString() {
        return "sends " + size + ", unsent bytes " + unsentBytes;
    }
}
