// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Where the fields of provided buffers lie: {@code struct io_uring_buf}, 16 bytes an entry, and of
 * {@code struct io_uring_buf_reg}, 40 bytes, which registers the ring. The ring's tail lives in the
 * one field of entry 0 that a buffer does not use.
 */
final class BufferRingLayout {
    static final int ENTRY_BYTES = 16;
    static final int ENTRY_ADDRESS = 0;
    static final int ENTRY_LENGTH = 8;
    static final int ENTRY_ID = 12;

    static final int TAIL = 14;

    static final int REGISTRATION_BYTES = 40;
    static final int REGISTRATION_ADDRESS = 0;
    static final int REGISTRATION_ENTRIES = 8;
    static final int REGISTRATION_GROUP = 12;
    static final int REGISTRATION_FLAGS = 14;

    /** The kernel fills a buffer piece by piece instead of giving it up at once. Linux 6.12. */
    static final int FLAG_INCREMENTAL = 1 << 1;

    private BufferRingLayout() {}
}
