// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import java.util.SplittableRandom;

/**
 * The codes that each operation may fail with, as its manual page lists them.
 *
 * <p>Faults are drawn from here and from nowhere else, so a code that is declared is injected, and
 * a loop that takes a code for impossible is found out.
 */
final class DeclaredCodes {
    /** connect(2), after the handshake was tried. */
    static final DeclaredCodes CONNECT =
            new DeclaredCodes(
                    Code.REFUSED,
                    Code.TIMED_OUT,
                    Code.RESET,
                    Code.HOST_UNREACHABLE,
                    Code.NETWORK_UNREACHABLE,
                    Code.ADDRESS_NOT_AVAILABLE);

    /** connect(2), known without a handshake. */
    static final DeclaredCodes CONNECT_AT_ONCE =
            new DeclaredCodes(
                    Code.NETWORK_UNREACHABLE, Code.ADDRESS_NOT_AVAILABLE, Code.ACCESS_DENIED);

    /** connect(2) of Unix-domain sockets, which know at once; see unix(7). */
    static final DeclaredCodes CONNECT_UNIX =
            new DeclaredCodes(Code.REFUSED, Code.ACCESS_DENIED, Code.NO_MEMORY, Code.RESET);

    /** sendmsg(2) with descriptors, for reasons that pass; ETOOMANYREFS for one. */
    static final DeclaredCodes PASS =
            new DeclaredCodes(Code.NO_MEMORY, Code.TOO_MANY_REFERENCES, Code.TOO_MANY_FILES);

    /** recv(2) and send(2) on a connection that broke; see tcp(7). */
    static final DeclaredCodes CONNECTION =
            new DeclaredCodes(Code.RESET, Code.TIMED_OUT, Code.HOST_UNREACHABLE);

    /** send(2), for reasons that pass. */
    static final DeclaredCodes SEND = new DeclaredCodes(Code.NO_MEMORY);

    /** sendto(2), of one datagram; see udp(7) and ip(7). */
    static final DeclaredCodes DATAGRAM =
            new DeclaredCodes(
                    Code.NOT_PERMITTED,
                    Code.NO_MEMORY,
                    Code.MESSAGE_TOO_LONG,
                    Code.NETWORK_UNREACHABLE,
                    Code.HOST_UNREACHABLE);

    /** accept(2), for lack of something; the connection stays in the queue. */
    static final DeclaredCodes ACCEPT =
            new DeclaredCodes(Code.TOO_MANY_FILES, Code.FILE_TABLE_OVERFLOW, Code.NO_MEMORY);

    /** accept(2), for what became of one queued connection; the next may be fine. */
    static final DeclaredCodes ACCEPT_ABORTED =
            new DeclaredCodes(
                    Code.ABORTED,
                    Code.PROTOCOL_ERROR,
                    Code.NETWORK_DOWN,
                    Code.NETWORK_UNREACHABLE,
                    Code.HOST_DOWN,
                    Code.HOST_UNREACHABLE);

    /** epoll_ctl(2). */
    static final DeclaredCodes REGISTER = new DeclaredCodes(Code.NO_MEMORY, Code.NO_SPACE);

    /** socket(2). */
    static final DeclaredCodes SOCKET =
            new DeclaredCodes(Code.TOO_MANY_FILES, Code.FILE_TABLE_OVERFLOW, Code.NO_MEMORY);

    /** open(2). */
    static final DeclaredCodes OPEN =
            new DeclaredCodes(
                    Code.TOO_MANY_FILES,
                    Code.FILE_TABLE_OVERFLOW,
                    Code.NO_MEMORY,
                    Code.ACCESS_DENIED,
                    Code.IO_ERROR);

    /** write(2) and fallocate(2), for lack of room. */
    static final DeclaredCodes ROOM = new DeclaredCodes(Code.NO_SPACE, Code.QUOTA_EXCEEDED);

    /** rename(2), mkdir(2) and their like, for reasons that lie in no argument. */
    static final DeclaredCodes PATH =
            new DeclaredCodes(Code.IO_ERROR, Code.NO_MEMORY, Code.ACCESS_DENIED);

    private final int[] codes;

    private DeclaredCodes(int... codes) {
        this.codes = codes;
    }

    boolean includes(int code) {
        for (int each : codes) {
            if (each == code) {
                return true;
            }
        }
        return false;
    }

    int draw(SplittableRandom random) {
        return codes[random.nextInt(codes.length)];
    }
}
