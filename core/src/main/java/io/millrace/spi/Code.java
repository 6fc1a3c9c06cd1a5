// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.ErrorCode;

/**
 * Results at the driver boundary: a positive number of bytes, 0 for success, or a negative code.
 *
 * <p>Codes are Linux error numbers with the sign turned, on every platform: an engine on another
 * system translates before it reports. So a comparison such as {@code code == Code.RESET} means the
 * same thing everywhere and costs nothing.
 */
public final class Code {
    /** Success of an operation that moves no bytes. */
    public static final int OK = 0;

    /**
     * The peer has finished sending: the one terminal of a receive that is neither error nor stop.
     */
    public static final int END_OF_STREAM = 0;

    /** Returned by a command whose outcome a later poll will report to the sink. Never reported. */
    public static final int PENDING = Integer.MIN_VALUE;

    public static final int NOT_PERMITTED = -1;
    public static final int NO_SUCH_FILE = -2;
    public static final int NO_SUCH_PROCESS = -3;
    public static final int INTERRUPTED = -4;
    public static final int IO_ERROR = -5;
    public static final int NO_SUCH_DEVICE_OR_ADDRESS = -6;
    public static final int TOO_MANY_ARGUMENTS = -7;
    public static final int NO_PROGRAM = -8;
    public static final int BAD_DESCRIPTOR = -9;
    public static final int NO_CHILD = -10;
    public static final int WOULD_BLOCK = -11;
    public static final int NO_MEMORY = -12;
    public static final int ACCESS_DENIED = -13;
    public static final int BUSY = -16;
    public static final int EXISTS = -17;
    public static final int CROSS_DEVICE = -18;
    public static final int NO_SUCH_DEVICE = -19;
    public static final int NOT_A_DIRECTORY = -20;
    public static final int IS_DIRECTORY = -21;
    public static final int INVALID_ARGUMENT = -22;
    public static final int FILE_TABLE_OVERFLOW = -23;
    public static final int TOO_MANY_FILES = -24;
    public static final int NOT_A_TERMINAL = -25;
    public static final int TEXT_BUSY = -26;
    public static final int FILE_TOO_LARGE = -27;
    public static final int NO_SPACE = -28;
    public static final int ILLEGAL_SEEK = -29;
    public static final int READ_ONLY = -30;
    public static final int TOO_MANY_LINKS = -31;
    public static final int BROKEN_PIPE = -32;
    public static final int NAME_TOO_LONG = -36;
    public static final int NOT_IMPLEMENTED = -38;
    public static final int NOT_EMPTY = -39;
    public static final int LINK_LOOP = -40;
    public static final int PROTOCOL_ERROR = -71;
    public static final int VALUE_TOO_LARGE = -75;
    public static final int NOT_A_SOCKET = -88;

    /** A datagram that is longer than what may be sent. */
    public static final int MESSAGE_TOO_LONG = -90;

    public static final int OPTION_NOT_AVAILABLE = -92;
    public static final int NOT_SUPPORTED = -95;
    public static final int FAMILY_NOT_SUPPORTED = -97;
    public static final int ADDRESS_IN_USE = -98;
    public static final int ADDRESS_NOT_AVAILABLE = -99;
    public static final int NETWORK_DOWN = -100;
    public static final int NETWORK_UNREACHABLE = -101;
    public static final int ABORTED = -103;
    public static final int RESET = -104;

    /**
     * Every receive buffer is on loan: a terminal of a receive, answered by waiting, not an error.
     */
    public static final int NO_CHUNKS = -105;

    public static final int IS_CONNECTED = -106;
    public static final int NOT_CONNECTED = -107;

    /** More descriptors are on their way between processes than one user may have open. */
    public static final int TOO_MANY_REFERENCES = -109;

    public static final int TIMED_OUT = -110;
    public static final int REFUSED = -111;
    public static final int HOST_DOWN = -112;
    public static final int HOST_UNREACHABLE = -113;
    public static final int ALREADY = -114;
    public static final int IN_PROGRESS = -115;
    public static final int STALE = -116;
    public static final int QUOTA_EXCEEDED = -122;
    public static final int CANCELLED = -125;

    /** Name servers could not say, at least not now. */
    public static final int NAME_SERVERS_FAILED = -3001;

    /** A name has no address, or an address no name. */
    public static final int HOST_NOT_FOUND = -3008;

    private Code() {}

    /**
     * Whether an error of accepting belongs to a connection that died in the queue, and the next
     * may be fine. accept(2) of Linux passes on what happened to the connection; the listener is as
     * good as before.
     */
    public static boolean concernsOneConnection(int code) {
        return switch (code) {
            case ABORTED,
                    INTERRUPTED,
                    PROTOCOL_ERROR,
                    NETWORK_DOWN,
                    NETWORK_UNREACHABLE,
                    HOST_DOWN,
                    HOST_UNREACHABLE ->
                    true;
            default -> false;
        };
    }

    /**
     * The symbol of a code, as in errno(3): {@code "ECONNRESET"}; {@code "E<number>"} if unknown.
     */
    public static String name(int code) {
        if (code == OK) {
            return "OK";
        }
        ErrorCode known = ErrorCode.of(-code);
        return known == ErrorCode.UNKNOWN ? "E" + Math.abs((long) code) : known.name();
    }

    /** What a code means, for a message: {@code "connection reset by peer"}. */
    public static String describe(int code) {
        if (code == OK) {
            return "success";
        }
        ErrorCode known = ErrorCode.of(-code);
        return known == ErrorCode.UNKNOWN
                ? "error number " + Math.abs((long) code)
                : known.meaning();
    }
}
