// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes failures whose messages say what they concern: a file, an address, a cause. Any thread. */
public final class Failures {
    private Failures() {}

    /** A failure that concerns a file; {@code cause}, if there is one, says more. */
    public static IoException ofFile(
            int code,
            String operation,
            Path path,
            long bytesTransferred,
            @Nullable Throwable cause) {
        if (cause instanceof IoException known && known.code() == code && known.path() != null) {
            // It says what to do, which the code alone cannot.
            String words = String.valueOf(known.getMessage());
            return IoException.withMessage(
                    code, operation, null, path, bytesTransferred, words, known);
        }
        String text = cause == null || code != Code.IO_ERROR ? null : FileErrors.textOf(cause);
        String message =
                operation + " " + path + ": " + reason(code) + (text == null ? "" : ": " + text);
        return IoException.withMessage(
                code, operation, null, path, bytesTransferred, message, cause);
    }

    /** A failure of sending a file, at a position in it. */
    public static IoException ofSending(
            int code,
            Path path,
            long position,
            @Nullable SocketAddress address,
            long bytesTransferred) {
        String message =
                "sendFile "
                        + path
                        + " at position "
                        + position
                        + (address == null ? "" : " to " + address)
                        + ": "
                        + reason(code);
        return IoException.withMessage(
                code, "sendFile", address, path, bytesTransferred, message, null);
    }

    /** A failure for no reason of its own: a file before it in the stream could not be sent. */
    public static IoException behind(
            IoException refusal,
            String operation,
            @Nullable SocketAddress address,
            @Nullable Path path,
            long bytesTransferred) {
        String message =
                operation
                        + (path == null ? "" : " " + path)
                        + (address == null ? "" : " to " + address)
                        + ": "
                        + Code.name(refusal.code())
                        + ": nothing is sent behind a file that cannot be: "
                        + refusal.getMessage();
        return IoException.withMessage(
                refusal.code(), operation, address, path, bytesTransferred, message, refusal);
    }

    /** A failure that concerns a file, in words that say what to do about it. */
    public static IoException ofFile(int code, String operation, Path path, String explanation) {
        String message = operation + " " + path + ": " + Code.name(code) + ": " + explanation;
        return IoException.withMessage(code, operation, null, path, 0, message, null);
    }

    /** A failure whose reason needs words of its own, with a cause that says more. */
    public static IoException because(
            int code, String operation, String explanation, @Nullable Throwable cause) {
        String message = operation + ": " + Code.name(code) + ": " + explanation;
        return IoException.withMessage(code, operation, null, null, 0, message, cause);
    }

    /** The same of something that concerns an address. */
    public static IoException because(
            int code, String operation, SocketAddress address, String explanation) {
        String message = operation + " " + address + ": " + Code.name(code) + ": " + explanation;
        return IoException.withMessage(code, operation, address, null, 0, message, null);
    }

    /**
     * A failure under the name of what the user asked for. Backends name the step that failed, such
     * as {@code bind}; which steps there are differs between them. The step stays in the cause.
     *
     * @param address what it concerned, where the backend did not say
     */
    public static IoException named(
            String operation, @Nullable SocketAddress address, IoException failure) {
        SocketAddress place = failure.address() == null ? address : failure.address();
        if (failure.operation().equals(operation) && place == failure.address()) {
            return failure;
        }
        String step = failure.operation();
        String text = String.valueOf(failure.getMessage());
        String rest = text.startsWith(step) ? text.substring(step.length()) : ": " + text;
        boolean unsaid = place != null && !rest.contains(place.toString());
        return IoException.withMessage(
                failure.code(),
                operation,
                place,
                failure.path(),
                failure.bytesTransferred(),
                operation
                        + (unsaid ? " " + place : "")
                        + (isOption(step) ? ": " + step : "")
                        + rest,
                failure);
    }

    /** Which of the many that were set it was; other steps say nothing that users would know. */
    private static boolean isOption(String step) {
        return step.startsWith("option ");
    }

    private static String reason(int code) {
        return Code.name(code) + " (" + Code.describe(code) + ")";
    }
}
