// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.spi.Code;
import java.net.SocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream of TLS has failed.
 *
 * @param code that it is known by to whoever reads
 * @param sendCode that it is known by to whoever writes
 * @param words for people; never anything that was sent or received
 * @param isOurs whether the peer can still be told
 */
record TlsFailure(int code, int sendCode, String words, @Nullable Throwable cause, boolean isOurs) {
    private TlsFailure(int code, String words, @Nullable Throwable cause, boolean isOurs) {
        this(code, code, words, cause, isOurs);
    }

    /** By the engine, for what the peer has sent or what it is; or a task could not be run. */
    static TlsFailure refused(Throwable reason) {
        return new TlsFailure(
                reason instanceof SSLException ? Code.PROTOCOL_ERROR : Code.IO_ERROR,
                words(reason),
                reason,
                true);
    }

    /** The innermost reason is the one that helps, such as that a certificate has expired. */
    private static String words(Throwable reason) {
        StringBuilder words = new StringBuilder(text(reason));
        Throwable cause = reason.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            String text = text(cause);
            if (words.indexOf(text) < 0) {
                words.append(": ").append(text);
            }
            cause = cause.getCause();
        }
        return words.toString();
    }

    private static String text(Throwable reason) {
        String message = reason.getMessage();
        return message == null ? reason.getClass().getSimpleName() : message;
    }

    /** Something is wrong with the stream below. */
    static TlsFailure below(IoException reason) {
        return new TlsFailure(
                reason.number() == 0 ? Code.IO_ERROR : -reason.number(),
                String.valueOf(reason.getMessage()),
                reason,
                false);
    }

    static TlsFailure cut(boolean connected) {
        return new TlsFailure(
                Code.ABORTED,
                connected ? Code.BROKEN_PIPE : Code.ABORTED,
                connected
                        ? "the stream was cut: it ended without close_notify"
                        : "the peer has closed the connection during the handshake",
                null,
                false);
    }

    static TlsFailure closedBelow() {
        return new TlsFailure(Code.ABORTED, "the stream below was closed", null, false);
    }

    static TlsFailure noHalfClose() {
        return new TlsFailure(
                Code.BROKEN_PIPE,
                "the peer has closed the session, which in TLS 1.2, or with this engine, ends both"
                        + " directions",
                null,
                false);
    }

    /** A failure for the user. Codes that are nobody's reason are told as they are. */
    static IoException describe(
            @Nullable TlsFailure reason,
            String operation,
            int code,
            @Nullable SocketAddress peer,
            long bytesTransferred) {
        if (reason == null || (reason.code != code && reason.sendCode != code)) {
            return IoException.of(code, operation, peer, bytesTransferred, null);
        }
        String place = peer == null ? "" : " " + peer;
        String name = ErrorCode.of(-code).name();
        return IoException.withMessage(
                code,
                operation,
                peer,
                null,
                bytesTransferred,
                operation + place + ": " + name + ": " + reason.words,
                reason.cause);
    }
}
