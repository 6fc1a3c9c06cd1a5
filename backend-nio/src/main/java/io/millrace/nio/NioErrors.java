// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The codes behind the exceptions of {@code java.nio}, which hide the error number.
 *
 * <p>What remains of it is the text of strerror(3), so that is what is looked at. Where it is not
 * English the type of the exception decides, and failing that what usually goes wrong.
 */
final class NioErrors {
    /** Parts of messages, in lower case; the first that occurs decides. */
    private static final Map<String, Integer> BY_MESSAGE = new LinkedHashMap<>();

    static {
        BY_MESSAGE.put("reset", Code.RESET);
        BY_MESSAGE.put("broken pipe", Code.BROKEN_PIPE);
        BY_MESSAGE.put("refused", Code.REFUSED);
        BY_MESSAGE.put("timed out", Code.TIMED_OUT);
        BY_MESSAGE.put("abort", Code.ABORTED);
        BY_MESSAGE.put("too many open files in system", Code.FILE_TABLE_OVERFLOW);
        BY_MESSAGE.put("file table overflow", Code.FILE_TABLE_OVERFLOW);
        BY_MESSAGE.put("too many open files", Code.TOO_MANY_FILES);
        BY_MESSAGE.put("cannot allocate memory", Code.NO_MEMORY);
        BY_MESSAGE.put("no buffer space", Code.NO_CHUNKS);
        BY_MESSAGE.put("in use", Code.ADDRESS_IN_USE);
        BY_MESSAGE.put("assign requested address", Code.ADDRESS_NOT_AVAILABLE);
        BY_MESSAGE.put("permission denied", Code.ACCESS_DENIED);
        BY_MESSAGE.put("not permitted", Code.NOT_PERMITTED);
        BY_MESSAGE.put("network is unreachable", Code.NETWORK_UNREACHABLE);
        BY_MESSAGE.put("network is down", Code.NETWORK_DOWN);
        BY_MESSAGE.put("host is down", Code.HOST_DOWN);
        BY_MESSAGE.put("no route to host", Code.HOST_UNREACHABLE);
        BY_MESSAGE.put("not connected", Code.NOT_CONNECTED);
        BY_MESSAGE.put("invalid argument", Code.INVALID_ARGUMENT);
        BY_MESSAGE.put("address family not supported", Code.FAMILY_NOT_SUPPORTED);
        BY_MESSAGE.put("message too long", Code.MESSAGE_TOO_LONG);
        BY_MESSAGE.put("is a directory", Code.IS_DIRECTORY);
        BY_MESSAGE.put("no such file", Code.NO_SUCH_FILE);
        BY_MESSAGE.put("no space left", Code.NO_SPACE);
        BY_MESSAGE.put("temporarily unavailable", Code.WOULD_BLOCK);
        BY_MESSAGE.put("too long", Code.NAME_TOO_LONG);
        BY_MESSAGE.put("not a directory", Code.NOT_A_DIRECTORY);
    }

    private NioErrors() {}

    /**
     * Has this class loaded, which is too late when it is needed: out of descriptors, none can be
     * loaded from a directory any more.
     */
    static void load() {}

    /** The code for {@code e}; {@code usual} if neither message nor type tells. */
    static int codeOf(IOException e, int usual) {
        String message = e.getMessage();
        if (message != null) {
            String lowerCase = message.toLowerCase(Locale.ROOT);
            for (Map.Entry<String, Integer> each : BY_MESSAGE.entrySet()) {
                if (lowerCase.contains(each.getKey())) {
                    return each.getValue();
                }
            }
        }
        return codeOfType(e, usual);
    }

    private static int codeOfType(IOException e, int usual) {
        if (e instanceof ConnectException || e instanceof PortUnreachableException) {
            return Code.REFUSED;
        }
        if (e instanceof BindException) {
            return Code.ADDRESS_IN_USE;
        }
        if (e instanceof NoRouteToHostException) {
            return Code.HOST_UNREACHABLE;
        }
        if (e instanceof ProtocolException) {
            return Code.PROTOCOL_ERROR;
        }
        if (e instanceof NoSuchFileException) {
            return Code.NO_SUCH_FILE;
        }
        if (e instanceof AccessDeniedException) {
            return Code.ACCESS_DENIED;
        }
        return e instanceof ClosedChannelException ? Code.BAD_DESCRIPTOR : usual;
    }
}
