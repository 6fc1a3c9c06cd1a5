// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/**
 * Where the fields of {@code struct kevent} lie: sys/event.h of each system, for 64-bit processors.
 *
 * <p>All begin with a 64-bit {@code ident} and go on with {@code filter}, {@code flags}, {@code
 * fflags}, {@code data} and {@code udata}. NetBSD widens filter and flags to 32 bits, which moves
 * everything behind them; FreeBSD and NetBSD later added four words at the end, which the library
 * leaves zero. Which system has which is said in {@link KqueueAbi}.
 */
enum KeventLayout {
    /** filter and flags of 16 bits. macOS packs the record to 4 bytes, which changes no offset. */
    NARROW(32, false),

    /** The same and {@code ext[4]}. */
    NARROW_EXTENDED(64, false),

    /** filter and flags of 32 bits; four bytes of padding before {@code data}. */
    WIDE(40, true),

    /** The same and {@code ext[4]}. */
    WIDE_EXTENDED(72, true);

    static final int IDENT = 0;
    static final int FILTER = 8;

    /** sizeof(struct kevent). */
    final int bytes;

    /** Whether filter and flags have 32 bits. */
    final boolean wide;

    final int flags;
    final int fflags;
    final int data;
    final int udata;

    KeventLayout(int bytes, boolean wide) {
        this.bytes = bytes;
        this.wide = wide;
        flags = wide ? 12 : 10;
        fflags = wide ? 16 : 12;
        data = wide ? 24 : 16;
        udata = wide ? 32 : 24;
    }
}
