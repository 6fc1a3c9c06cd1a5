// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.spi.Code;
import java.util.Arrays;

/**
 * The knotes of EVFILT_READ or of EVFILT_WRITE in one emulated queue.
 *
 * <p>Each filter has an epoll of its own; so one cannot disturb the other, and closing a descriptor
 * ends its registration in the kernel, which is found out when the number is used again. Guarded by
 * the queue.
 */
final class SocketFilter {
    /** More than tests open. */
    private static final int DESCRIPTORS = 1 << 20;

    private final Epoll epoll = new Epoll();
    private final int filter;
    private final boolean reading;
    private final SocketFacts facts;
    private Knote[] knotes = new Knote[256];

    SocketFilter(int filter, boolean reading, SocketFacts facts) {
        this.filter = filter;
        this.reading = reading;
        this.facts = facts;
    }

    /** Readable when there is something to collect. */
    int descriptor() {
        return epoll.descriptor();
    }

    /** {@code OK} or a code. */
    int change(Kevents changes, int index) {
        if (changes.ident(index) < 0 || changes.ident(index) >= DESCRIPTORS) {
            return Code.BAD_DESCRIPTOR;
        }
        int fd = (int) changes.ident(index);
        if (fd >= knotes.length) {
            knotes = Arrays.copyOf(knotes, 2 * fd);
        }
        int flags = changes.flags(index);
        if ((flags & KeventFlag.DELETE) != 0) {
            knotes[fd] = null;
            return epoll.delete(fd);
        }
        Knote knote = knotes[fd];
        int result = knote == null ? Code.NO_SUCH_FILE : update(knote, changes, index);
        if (result == Code.NO_SUCH_FILE) {
            knotes[fd] = null;
            return (flags & KeventFlag.ADD) != 0 ? create(changes, index) : result;
        }
        return result;
    }

    /** {@code NO_SUCH_FILE} if it vanished with the descriptor it was for. */
    private int update(Knote knote, Kevents changes, int index) {
        int flags = changes.flags(index);
        knote.udata = changes.udata(index);
        knote.enabled =
                (flags & Knote.DISABLE) == 0
                        && (knote.enabled || (flags & (KeventFlag.ADD | Knote.ENABLE)) != 0);
        return epoll.modify((int) knote.ident, mask(knote));
    }

    private int create(Kevents changes, int index) {
        int flags = changes.flags(index);
        Knote knote = new Knote(changes.ident(index), filter, flags, changes.udata(index));
        knote.enabled = (flags & Knote.DISABLE) == 0;
        int fd = (int) knote.ident;
        int result = epoll.add(fd, mask(knote));
        if (result == Code.OK) {
            knotes[fd] = knote;
            facts.forget(fd);
        }
        return result;
    }

    /**
     * A disabled knote stays registered, so that its vanishing is found out, but with a mask that
     * lets at most one hang-up through, which {@link #collect} drops.
     */
    private int mask(Knote knote) {
        if (!knote.enabled) {
            return Epoll.ONESHOT;
        }
        return (reading ? Epoll.IN | Epoll.RDHUP : Epoll.OUT)
                | (knote.has(KeventFlag.CLEAR) ? Epoll.EDGE : 0)
                | (knote.has(Knote.ONESHOT | Knote.DISPATCH) ? Epoll.ONESHOT : 0);
    }

    /** Reports what is ready from place {@code next} on, and answers the place after that. */
    int collect(EventWriter into, int next) {
        int count = epoll.await(into.limit() - next, 0);
        int place = next;
        for (int i = 0; i < count; i++) {
            Knote knote = knotes[epoll.watched(i)];
            if (knote != null && knote.enabled) {
                report(knote, epoll.mask(i), into, place++);
            }
        }
        return place;
    }

    private void report(Knote knote, int mask, EventWriter into, int place) {
        int fd = (int) knote.ident;
        int signs = Epoll.HUP | Epoll.ERR | (reading ? Epoll.RDHUP : 0);
        boolean gone = (mask & signs) != 0;
        int error = gone ? facts.takeError(fd) : 0;
        long data = reading ? facts.unreadBytes(fd) : facts.sendBufferBytes(fd);
        into.write(place, knote, gone ? KeventFlag.EOF : 0, error, data);
        if (knote.has(Knote.ONESHOT)) {
            epoll.delete(fd);
            knotes[fd] = null;
        } else if (knote.has(Knote.DISPATCH)) {
            knote.enabled = false;
        }
    }

    void close() {
        epoll.close();
    }
}
