// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** What an emulated queue knows of one (ident, filter). Guarded by its queue. */
final class Knote {
    static final int ENABLE = 0x4;
    static final int DISABLE = 0x8;
    static final int ONESHOT = 0x10;
    static final int DISPATCH = 0x80;

    final long ident;
    final int filter;

    /** As they were when it was added; later additions change only udata and fflags. */
    final int flags;

    int fflags;
    long udata;
    boolean enabled = true;

    /** Of a user event: whether it is to be reported. */
    boolean triggered;

    Knote(long ident, int filter, int flags, long udata) {
        this.ident = ident;
        this.filter = filter;
        this.flags = flags;
        this.udata = udata;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
