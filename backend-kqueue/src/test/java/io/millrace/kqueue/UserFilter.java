// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.spi.Code;
import java.util.ArrayList;
import java.util.List;

/**
 * The knotes of EVFILT_USER in one emulated queue; an eventfd wakes who waits for them. Guarded by
 * the queue.
 */
final class UserFilter {
    private static final int COMMAND = 0xc000_0000;
    private static final int COMMAND_AND = 0x4000_0000;
    private static final int COMMAND_OR = 0x8000_0000;
    private static final int NOTES = 0x00ff_ffff;

    private final LibcSystemCalls calls = LibcSystemCalls.instance();
    private final NativeMemory count = NativeMemory.allocate(Long.BYTES);
    private final List<Knote> knotes = new ArrayList<>();
    private final int filter;
    private final int eventfd;

    UserFilter(int filter) {
        this.filter = filter;
        eventfd = calls.eventfd(0, Platform.current().constants().openNonblock);
    }

    /** Readable when there may be something to collect. */
    int descriptor() {
        return eventfd;
    }

    /** {@code OK} or a code. */
    int change(Kevents changes, int index) {
        int flags = changes.flags(index);
        Knote knote = find(changes.ident(index));
        if (knote == null) {
            if ((flags & KeventFlag.ADD) == 0) {
                return Code.NO_SUCH_FILE;
            }
            knote = new Knote(changes.ident(index), filter, flags, changes.udata(index));
            knotes.add(knote);
        }
        if ((flags & KeventFlag.DELETE) != 0) {
            knotes.remove(knote);
            return Code.OK;
        }
        update(knote, changes, index);
        return Code.OK;
    }

    private Knote find(long ident) {
        for (int i = 0; i < knotes.size(); i++) {
            if (knotes.get(i).ident == ident) {
                return knotes.get(i);
            }
        }
        return null;
    }

    /** A trigger overwrites udata, as any change does. */
    private void update(Knote knote, Kevents changes, int index) {
        int flags = changes.flags(index);
        int fflags = changes.fflags(index);
        knote.udata = changes.udata(index);
        knote.fflags = combine(knote.fflags, fflags);
        knote.triggered |= (fflags & KeventFlag.NOTE_TRIGGER) != 0;
        if ((flags & Knote.DISABLE) != 0) {
            knote.enabled = false;
        } else if ((flags & (KeventFlag.ADD | Knote.ENABLE)) != 0) {
            knote.enabled = true;
        }
        if (isActive(knote)) {
            count.putLong(0, 1);
            calls.write(eventfd, count.address(), Long.BYTES);
        }
    }

    private static int combine(int old, int fflags) {
        int notes = fflags & NOTES;
        return switch (fflags & COMMAND) {
            case COMMAND -> notes;
            case COMMAND_AND -> old & notes;
            case COMMAND_OR -> old | notes;
            default -> old;
        };
    }

    private static boolean isActive(Knote knote) {
        return knote.triggered && knote.enabled;
    }

    /** Reports what is triggered from place {@code next} on, and answers the place after that. */
    int collect(EventWriter into, int next) {
        int place = next;
        boolean left = false;
        for (int i = knotes.size() - 1; i >= 0; i--) {
            Knote knote = knotes.get(i);
            if (isActive(knote) && place < into.limit()) {
                into.write(place++, knote, 0, knote.fflags, 0);
                settle(knote);
            }
            left |= isActive(knote);
        }
        if (!left) {
            calls.read(eventfd, count.address(), Long.BYTES);
        }
        return place;
    }

    private void settle(Knote knote) {
        if (knote.has(Knote.ONESHOT)) {
            knotes.remove(knote);
            knote.enabled = false;
        } else if (knote.has(Knote.DISPATCH)) {
            knote.enabled = false;
        }
        if (knote.has(KeventFlag.CLEAR)) {
            knote.triggered = false;
            knote.fflags = 0;
        }
    }

    void close() {
        calls.close(eventfd);
    }
}
