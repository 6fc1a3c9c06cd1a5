// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Failures as users of Netty know them: of the types that the JDK has, where there is one, with
 * Millrace's as the cause, and otherwise Millrace's, in words that handlers look for.
 */
final class Failed {
    private Failed() {}

    /** A read or a write. */
    static IOException transfer(String operation, int code, @Nullable SocketAddress peer) {
        String words =
                switch (code) {
                    case Code.RESET -> "Connection reset by peer";
                    case Code.BROKEN_PIPE -> "Broken pipe";
                    default -> null;
                };
        if (words == null) {
            return IoException.of(code, operation, peer);
        }
        String message =
                words
                        + ": "
                        + operation
                        + (peer == null ? "" : " " + peer)
                        + ": "
                        + Code.name(code);
        return IoException.withMessage(code, operation, peer, null, 0, message, null);
    }

    /** Of a datagram: the host at the other end may say that nobody is there. */
    static IOException datagram(String operation, int code, @Nullable SocketAddress peer) {
        IoException failure = IoException.of(code, operation, peer);
        return code == Code.REFUSED
                ? caused(new PortUnreachableException(words(failure)), failure)
                : failure;
    }

    static IOException connect(int code, SocketAddress to) {
        return connect(IoException.of(code, "connect", to));
    }

    /** A connect; Netty adds the address. */
    static IOException connect(IoException failure) {
        return switch (failure.code()) {
            case Code.REFUSED -> caused(new ConnectException("Connection refused"), failure);
            case Code.TIMED_OUT -> caused(new ConnectException("Connection timed out"), failure);
            case Code.RESET -> caused(new ConnectException("Connection reset by peer"), failure);
            case Code.NETWORK_UNREACHABLE, Code.HOST_UNREACHABLE, Code.HOST_DOWN ->
                    caused(new NoRouteToHostException(words(failure)), failure);
            default -> bind(failure);
        };
    }

    static IOException bind(IoException failure) {
        return switch (failure.code()) {
            case Code.ADDRESS_IN_USE, Code.ADDRESS_NOT_AVAILABLE, Code.ACCESS_DENIED ->
                    caused(new BindException(words(failure)), failure);
            default -> failure;
        };
    }

    private static String words(IoException failure) {
        return String.valueOf(failure.getMessage());
    }

    private static <T extends IOException> T caused(T known, IoException cause) {
        known.initCause(cause);
        return known;
    }
}
