// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** What a completion says beside its result: the {@code IORING_CQE_F_} bits. */
final class CompletionFlag {
    /** The upper half of the flags is the identifier of a provided buffer, now ours. */
    static final int BUFFER = 1;

    /**
     * More completions of the same request follow. Its absence is the only sign that a request has
     * ended.
     */
    static final int MORE = 1 << 1;

    /** The notification of a zero-copy send: its memory is free again. */
    static final int NOTIFICATION = 1 << 3;

    private static final int BUFFER_SHIFT = 16;

    static boolean hasMore(int flags) {
        return (flags & MORE) != 0;
    }

    static boolean hasBuffer(int flags) {
        return (flags & BUFFER) != 0;
    }

    static boolean isNotification(int flags) {
        return (flags & NOTIFICATION) != 0;
    }

    static int bufferId(int flags) {
        return flags >>> BUFFER_SHIFT;
    }

    private CompletionFlag() {}
}
