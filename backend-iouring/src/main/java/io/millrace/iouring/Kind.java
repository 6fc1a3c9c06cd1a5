// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import java.util.StringJoiner;

/**
 * The kinds of request a slot can have in flight, each at most once: the lowest byte of {@link
 * UserData}, and the number of a bit in a port's set of what is wanted and what is in flight.
 */
final class Kind {
    /** The loop's own: somebody wrote to its event descriptor. */
    static final int WAKE = 0;

    static final int ACCEPT = 1;
    static final int CONNECT = 2;

    /** Multishot, into provided buffers. */
    static final int RECEIVE = 3;

    /** Once, into memory of the caller. */
    static final int RECEIVE_INTO = 4;

    static final int SEND = 5;

    /** Room in the socket for the next part of a file. */
    static final int SEND_FILE = 6;

    /** Ends another request. Reports failure only, which says that there was nothing to end. */
    static final int CANCEL = 7;

    static final int CLOSE = 8;

    /** As {@link #CANCEL}, which is what is submitted, of what a dropped send waits for. */
    static final int CANCEL_SEND = 10;

    /** Any request of a file; each has a slot of its own. */
    static final int FILE = 9;

    /** A poll of somebody else's descriptor. */
    static final int WATCH = 12;

    /** Nothing to do for the kernel: the report of a watch that has ended. */
    static final int WATCH_REPORT = 13;

    private static final String[] NAMES = {
        "wake",
        "accept",
        "connect",
        "receive",
        "receive into",
        "send",
        "send file",
        "cancel",
        "close",
        "file",
        "cancel send",
        "",
        "watch",
        "watch report"
    };

    private Kind() {}

    /** Those of a set, for humans: {@code [accept, close]}. */
    static String names(int set) {
        StringJoiner names = new StringJoiner(", ", "[", "]");
        for (int left = set; left != 0; left &= left - 1) {
            names.add(NAMES[Integer.numberOfTrailingZeros(left)]);
        }
        return names.toString();
    }

    /** Whether a request of this kind goes on until it is cancelled. */
    static boolean isMultishot(int kind) {
        return kind == ACCEPT || kind == RECEIVE;
    }
}
