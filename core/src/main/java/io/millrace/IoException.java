// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Settings;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A failed I/O operation: which one, on what address or file, and the system's reason.
 *
 * <p>Used as a value that callbacks receive as well as an exception that is thrown. Because resets
 * and refusals are everyday events, it carries no stack trace unless the system property {@code
 * millrace.traces} is {@code true}. Immutable, so it may be passed between threads.
 */
public final class IoException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final boolean TRACES = Boolean.getBoolean(Settings.TRACES.property());

    private final int code;
    private final String operation;
    private final transient @Nullable SocketAddress address;
    private final transient @Nullable Path path;
    private final long bytesTransferred;

    private IoException(
            int code,
            String operation,
            @Nullable SocketAddress address,
            @Nullable Path path,
            long bytesTransferred,
            String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.operation = operation;
        this.address = address;
        this.path = path;
        this.bytesTransferred = bytesTransferred;
    }

    /** A failure with the system's code, a negative {@link Code}. */
    public static IoException of(int code, String operation, @Nullable SocketAddress address) {
        return of(code, operation, address, 0, null);
    }

    /** A failure after part of the bytes had been taken, or with a cause that says more. */
    public static IoException of(
            int code,
            String operation,
            @Nullable SocketAddress address,
            long bytesTransferred,
            @Nullable Throwable cause) {
        String place = address == null ? "" : " " + address;
        return new IoException(
                code,
                operation,
                address,
                null,
                bytesTransferred,
                operation + place + ": " + reason(code),
                cause);
    }

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
        return new IoException(code, operation, null, path, bytesTransferred, message, cause);
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
        return new IoException(code, "sendFile", address, path, bytesTransferred, message, null);
    }

    /** A failure that concerns a file, in words that say what to do about it. */
    public static IoException ofFile(int code, String operation, Path path, String explanation) {
        String message = operation + " " + path + ": " + Code.name(code) + ": " + explanation;
        return new IoException(code, operation, null, path, 0, message, null);
    }

    private static String reason(int code) {
        return Code.name(code) + " (" + Code.describe(code) + ")";
    }

    /** A failure whose reason needs words of its own, such as what to do about it. */
    public static IoException because(int code, String operation, String explanation) {
        return because(code, operation, explanation, null);
    }

    /** The same with a cause that says more. */
    public static IoException because(
            int code, String operation, String explanation, @Nullable Throwable cause) {
        String message = operation + ": " + Code.name(code) + ": " + explanation;
        return new IoException(code, operation, null, null, 0, message, cause);
    }

    /** The same of something that concerns an address. */
    public static IoException because(
            int code, String operation, SocketAddress address, String explanation) {
        String message = operation + " " + address + ": " + Code.name(code) + ": " + explanation;
        return new IoException(code, operation, address, null, 0, message, null);
    }

    /** The reason as a negative {@link Code}, in Linux's numbering on every platform. */
    public int code() {
        return code;
    }

    /** The reason's symbol, such as {@code ECONNRESET}. */
    public String errorName() {
        return Code.name(code);
    }

    /** The operation that failed, such as {@code connect}. */
    public String operation() {
        return operation;
    }

    /** The address it concerned, if there was one. Not kept by serialization. */
    public @Nullable SocketAddress address() {
        return address;
    }

    /** The file it concerned, if there was one. Not kept by serialization. */
    public @Nullable Path path() {
        return path;
    }

    /** How many of a failed write's bytes the kernel had taken before it failed; otherwise 0. */
    public long bytesTransferred() {
        return bytesTransferred;
    }

    /** Whether the operation ended because its handle was closed or the user cancelled it. */
    public boolean isCancelled() {
        return code == Code.CANCELLED;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return TRACES ? super.fillInStackTrace() : this;
    }
}
