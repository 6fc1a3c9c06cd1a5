// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What exceptions of java.nio mean: by their message, else by type, else by what is usual. */
class NioErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "Connection reset, ECONNRESET",
        "Connection reset by peer, ECONNRESET",
        "Broken pipe, EPIPE",
        "Connection refused, ECONNREFUSED",
        "Connection timed out, ETIMEDOUT",
        "Software caused connection abort, ECONNABORTED",
        "Too many open files, EMFILE",
        "Too many open files in system, ENFILE",
        "Cannot allocate memory, ENOMEM",
        "No buffer space available, ENOBUFS",
        "Address already in use, EADDRINUSE",
        "Cannot assign requested address, EADDRNOTAVAIL",
        "Can't assign requested address, EADDRNOTAVAIL",
        "Permission denied, EACCES",
        "Operation not permitted, EPERM",
        "Network is unreachable, ENETUNREACH",
        "No route to host, EHOSTUNREACH",
        "Transport endpoint is not connected, ENOTCONN",
        "Invalid argument, EINVAL",
        "Is a directory, EISDIR",
    })
    void systemMessages(String message, String symbol) {
        assertEquals(symbol, Code.name(NioErrors.codeOf(new IOException(message), Code.OK)));
    }

    @Test
    void theMessageSaysMoreThanTheType() {
        IOException timeout = new ConnectException("Connection timed out");

        assertEquals(Code.TIMED_OUT, NioErrors.codeOf(timeout, Code.IO_ERROR));
    }

    @Test
    void theTypeDecidesWhereTheMessageIsInAnotherLanguage() {
        assertCode(Code.REFUSED, new ConnectException("Verbindungsaufbau abgelehnt"));
        assertCode(Code.ADDRESS_IN_USE, new BindException("Die Adresse wird bereits verwendet"));
        assertCode(
                Code.HOST_UNREACHABLE, new NoRouteToHostException("Keine Route zum Zielrechner"));
        assertCode(Code.BAD_DESCRIPTOR, new ClosedChannelException());
        assertCode(Code.NO_SUCH_FILE, new NoSuchFileException("datei"));
        assertCode(Code.ACCESS_DENIED, new AccessDeniedException("datei"));
    }

    @Test
    void whatIsUsualDecidesWhereNothingElseDoes() {
        IOException unknown = new SocketException("Die Verbindung wurde zurückgesetzt");

        assertEquals(Code.RESET, NioErrors.codeOf(unknown, Code.RESET));
        assertEquals(Code.IO_ERROR, NioErrors.codeOf(new IOException(), Code.IO_ERROR));
    }

    private static void assertCode(int expected, IOException exception) {
        assertEquals(expected, NioErrors.codeOf(exception, Code.IO_ERROR));
    }
}
