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

    private static String reason(int code) {
        return Code.name(code) + " (" + Code.describe(code) + ")";
    }
}
