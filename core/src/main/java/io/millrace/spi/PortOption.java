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
    /** SO_LINGER, as seconds plus one; 0 is off. So 1 makes close(2) send a reset. */
    LINGER_SECONDS_PLUS_ONE,
    /** SO_RCVBUF, bytes; what is read may be the double of what was set, see socket(7). */
    RECEIVE_BUFFER_BYTES,
    /** SO_SNDBUF, bytes; what is read may be the double of what was set, see socket(7). */
    SEND_BUFFER_BYTES
}
