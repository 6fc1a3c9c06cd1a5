// SPDX-License-Identifier: Apache-2.0
package io.millrace;

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
    private static final boolean TRACES = Boolean.getBoolean("millrace.traces");

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

    /**
     * A failure with the system's code, a negative number: Linux's error number with the sign
     * turned.
     */
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

    /**
     * A failure in words of its own, which begin with the operation and what it concerned.
     *
     * @param code a negative number: Linux's error number with the sign turned
     * @param bytesTransferred of a write that had been taken in part, otherwise 0
     */
    public static IoException withMessage(
            int code,
            String operation,
            @Nullable SocketAddress address,
            @Nullable Path path,
            long bytesTransferred,
            String message,
            @Nullable Throwable cause) {
        return new IoException(code, operation, address, path, bytesTransferred, message, cause);
    }

    private static String reason(int code) {
        ErrorCode known = ErrorCode.of(-code);
        return known == ErrorCode.UNKNOWN
                ? name(code) + " (error number " + -(long) code + ")"
                : known.name() + " (" + known.meaning() + ")";
    }

    private static String name(int code) {
        ErrorCode known = ErrorCode.of(-code);
        return known == ErrorCode.UNKNOWN ? "E" + -(long) code : known.name();
    }

    /** A failure whose reason needs words of its own, such as what to do about it. */
    public static IoException because(int code, String operation, String explanation) {
        return withMessage(
                code,
                operation,
                null,
                null,
                0,
                operation + ": " + name(code) + ": " + explanation,
                null);
    }

    /** The reason, or {@link ErrorCode#UNKNOWN} if it has no name. */
    public ErrorCode errorCode() {
        return ErrorCode.of(-code);
    }

    /** Linux's number for the reason, on every platform, also if it has no name. */
    public int number() {
        return -code;
    }

    /** The number with its sign turned, as backends report it. */
    public int code() {
        return code;
    }

    /** The reason's symbol, such as {@code ECONNRESET}; {@code E} and the number if unknown. */
    public String errorName() {
        return name(code);
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
        return errorCode() == ErrorCode.ECANCELED;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return TRACES ? super.fillInStackTrace() : this;
    }
}
