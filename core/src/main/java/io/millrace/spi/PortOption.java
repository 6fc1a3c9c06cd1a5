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
    SEND_BUFFER_BYTES,
    /** SO_REUSEADDR; before a bind. */
    REUSE_ADDRESS,
    /** SO_REUSEPORT, whatever it does there; before a bind. */
    REUSE_PORT,
    /** IP_TOS and IPV6_TCLASS, 0 to 255. */
    TRAFFIC_CLASS,
    /** TCP_USER_TIMEOUT, milliseconds; 0 for the system's own. */
    USER_TIMEOUT_MILLIS,
    /** TCP_QUICKACK. */
    QUICK_ACKNOWLEDGEMENT,
    /** TCP_DEFER_ACCEPT of a listener, seconds. */
    DEFER_ACCEPT_SECONDS,
    /** TCP_FASTOPEN of a listener: how many connections may wait for the end of their handshake. */
    FAST_OPEN_QUEUE,
    /** TCP_FASTOPEN_CONNECT, of a stream that is to connect. */
    FAST_OPEN_CONNECT,
    /**
     * From how many bytes on a send leaves them where they are until the kernel does not need them
     * any more; 0 for never, which is also what is read once the kernel has reported that it copies
     * all the same. No option of the system's: the engine's own.
     */
    ZERO_COPY_BYTES,
    /** SO_INCOMING_CPU: a processor's number. */
    INCOMING_CPU
}
