// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** Socket options that every engine translates; values are plain ints, booleans 0 and 1. */
public enum PortOption {
    /** TCP_NODELAY. */
    NO_DELAY,
    /** SO_KEEPALIVE. */
    KEEP_ALIVE,
    /** TCP_KEEPIDLE, seconds. */
    KEEP_ALIVE_IDLE_SECONDS,
    /** TCP_KEEPINTVL, seconds. */
    KEEP_ALIVE_INTERVAL_SECONDS,
    /** TCP_KEEPCNT. */
    KEEP_ALIVE_PROBES,
    /**
     * SO_LINGER of no time at all: the close discards what is unsent and sends a reset. There is no
     * other lingering: close(2) would wait, and the loop with it.
     */
    RESET_AT_CLOSE,
    /** SO_RCVBUF, bytes; what is read may be the double of what was set, see socket(7). */
    RECEIVE_BUFFER_BYTES,
    /** SO_SNDBUF, bytes; what is read may be the double of what was set, see socket(7). */
    SEND_BUFFER_BYTES
}
