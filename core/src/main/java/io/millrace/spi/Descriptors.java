// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Calls on descriptors that are no sockets. Each answers the call's result or a negative {@link
 * io.millrace.spi.Code}, and repeats what a signal has interrupted. Loop thread only, but for
 * {@link #setBlocking}, {@link #duplicate}, {@link #identity} and {@link #close}, which any thread
 * may call.
 */
public interface Descriptors {
    /** What a descriptor stands for. */
    enum Kind {
        /** A pipe or FIFO, or another device that is read and written as one. */
        PIPE,
        TERMINAL,
        SOCKET,
        /** A regular file, or what else is always ready. */
        FILE
    }

    /** In which directions a descriptor was opened. */
    enum Direction {
        READ,
        WRITE,
        BOTH;

        public boolean reads() {
            return this != WRITE;
        }

        public boolean writes() {
            return this != READ;
        }
    }

    /** Where a direct buffer's byte 0 lies. */
    long addressOf(ByteBuffer direct);

    /** Bytes read, {@link io.millrace.spi.Code#END_OF_STREAM}, or why not. */
    int read(int descriptor, long address, int length);

    /** Bytes taken of all segments, or why not. */
    int write(int descriptor, Gather from);

    /** Never repeated: the number is free afterwards, whatever is answered. */
    int close(int descriptor);

    /**
     * Makes a pipe whose ends do not block and are not inherited.
     *
     * @param ends gets the one to read from, then the one to write to
     */
    void pipe(int[] ends) throws IoException;

    /**
     * Opens a FIFO, which does not block and is not inherited.
     *
     * @throws IoException {@code ENXIO} if it is to be written to and nobody reads it; {@code
     *     EINVAL} if the path is no FIFO's
     */
    int openFifo(Path path, boolean toWrite) throws IoException;

    /** Makes a FIFO: mkfifo(3), with these permissions whatever the umask says. */
    void makeFifo(Path path, int permissions) throws IoException;

    /**
     * What it stands for.
     *
     * @throws IoException {@code EBADF} if it is not open
     */
    Kind kind(int descriptor) throws IoException;

    /**
     * How it was opened.
     *
     * @throws IoException {@code EBADF} if it is not open
     */
    Direction direction(int descriptor) throws IoException;

    /**
     * Something that all descriptors have in common that share what they stand for, and perhaps
     * others as well.
     *
     * @throws IoException {@code EBADF} if it is not open
     */
    String identity(int descriptor) throws IoException;

    /**
     * Makes it block or not, for everybody who shares what it stands for.
     *
     * @return whether it blocked before
     */
    boolean setBlocking(int descriptor, boolean blocks) throws IoException;

    /** Child processes do not inherit it any more. */
    void setCloseOnExec(int descriptor) throws IoException;

    /** Another descriptor for the same, which is not inherited. */
    int duplicate(int descriptor) throws IoException;
}
