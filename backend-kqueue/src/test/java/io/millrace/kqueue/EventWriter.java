// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** Writes what an emulated kernel has to say into the caller's array, as one system would. */
final class EventWriter {
    private final KqueueAbi abi;
    private Kevents events;
    private int limit;

    EventWriter(KqueueAbi abi) {
        this.abi = abi;
    }

    EventWriter into(Kevents array, int count) {
        events = array;
        limit = count;
        return this;
    }

    /** How many records the caller has room for. */
    int limit() {
        return limit;
    }

    /** xnu shows how a knote was added; FreeBSD and its relatives do not. */
    void write(int place, Knote knote, int signs, int fflags, long data) {
        int shown = abi == KqueueAbi.MACOS ? knote.flags : knote.flags & ~0xf;
        events.put(place, knote.ident, knote.filter, shown | signs, knote.udata);
        events.putFflags(place, fflags);
        events.putData(place, data);
    }

    /**
     * The answer to a change, which may lie where the answer goes. Most systems drop the change's
     * flags; xnu adds to them.
     */
    void writeReceipt(int place, Kevents changes, int index, int errno) {
        long ident = changes.ident(index);
        int filter = changes.filter(index);
        int flags = changes.flags(index);
        int fflags = changes.fflags(index);
        long udata = changes.udata(index);
        int kept = abi == KqueueAbi.MACOS ? flags : 0;
        events.put(place, ident, filter, kept | KeventFlag.ERROR, udata);
        events.putFflags(place, fflags);
        events.putData(place, errno);
    }
}
