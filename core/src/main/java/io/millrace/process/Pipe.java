// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.process.LoopPipe;
import io.millrace.net.ByteStream;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * An end of a pipe, see pipe(7): a {@link ByteStream} that goes one way, or, {@linkplain #join
 * joined} of two, both ways.
 *
 * <p>What goes the other way is refused with {@link UnsupportedOperationException}. Of the rest
 * everything holds that a {@link ByteStream} promises, with back-pressure, but for this: {@link
 * #shutdown} closes the end that is written to, because that is how a reader is told of the end;
 * {@link #closeReset} closes and discards what is unsent, and the reader sees an end; there are no
 * addresses. A reader that has gone is {@code EPIPE} to who writes, never a signal.
 *
 * <p>Bytes are received into chunks of the loop's pipes, of as many and as large as its sockets
 * have. On backends without descriptors ({@code nio}) there are only pairs.
 */
public sealed interface Pipe extends ByteStream permits LoopPipe {
    /**
     * The two ends of a pipe.
     *
     * @param source is read from
     * @param sink is written to
     */
    record Pair(Pipe source, Pipe sink) {}

    /**
     * Makes a pipe, both ends of which are this loop's.
     *
     * @throws IoException {@code EMFILE}, or why else there can be none
     * @throws UnsupportedOperationException if the loop's backend has nothing to wait for pipes by
     */
    static Pair open(EventLoop loop) throws IoException {
        return LoopPipe.open((Loop) loop, (Loop) loop);
    }

    /**
     * As {@link #open(EventLoop)}, for two loops that this thread may both use, as before a run.
     */
    static Pair open(EventLoop sourceLoop, EventLoop sinkLoop) throws IoException {
        return LoopPipe.open((Loop) sourceLoop, (Loop) sinkLoop);
    }

    /**
     * Takes over a descriptor of a pipe, FIFO, terminal or similar device, which is then the
     * stream's, in the directions in which it was opened. It is made non-blocking, and if it was
     * not, is made blocking again when the last stream of this process over the same is closed, or
     * the virtual machine ends: others may share what it stands for. Until then they find it
     * non-blocking.
     *
     * @throws IoException if it is not usable, {@code EINVAL} if it is a socket and {@code EPERM}
     *     if it is a file; then it is still the caller's, and as it was
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static Pipe adopt(EventLoop loop, int descriptor) throws IoException {
        return LoopPipe.adopt((Loop) loop, descriptor);
    }

    /**
     * Opens a FIFO to read from. That does not wait for a writer; the end comes when there have
     * been writers and the last one has gone.
     *
     * @throws IoException {@code EINVAL} if the path is of something else, or what open(2) says
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static Pipe openSource(EventLoop loop, Path fifo) throws IoException {
        return LoopPipe.openFifo((Loop) loop, fifo, false);
    }

    /**
     * Opens a FIFO to write to.
     *
     * @throws IoException {@code ENXIO} if nobody has it open to read from, {@code EINVAL} if the
     *     path is of something else, or what open(2) says
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static Pipe openSink(EventLoop loop, Path fifo) throws IoException {
        return LoopPipe.openFifo((Loop) loop, fifo, true);
    }

    /**
     * Makes a FIFO, see mkfifo(3).
     *
     * @param permissions exactly these, whatever the umask says
     * @throws IoException {@code EEXIST} if there is something of that name
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static void makeFifo(EventLoop loop, Path path, Set<PosixFilePermission> permissions)
            throws IoException {
        LoopPipe.makeFifo((Loop) loop, path, permissions);
    }

    /**
     * Makes one stream of two, such as of a child's output and its input, so that whatever speaks
     * over a {@link ByteStream} speaks over them: both must be of one loop, and not used yet. They
     * are closed, and what they had is the new stream's.
     *
     * @throws IllegalArgumentException unless one can be read from only and the other only be
     *     written to, on the same loop
     * @throws IllegalStateException if one of them was read from or written to, or is closed
     */
    static Pipe join(Pipe source, Pipe sink) throws IoException {
        return LoopPipe.join((LoopPipe) source, (LoopPipe) sink);
    }

    /** Whether it can be read from. */
    boolean isSource();

    /** Whether it can be written to; see {@link #isWritable} for whether that makes sense now. */
    boolean isSink();

    /**
     * The kernel's number for the end that is read from, or else for the one that is written to; it
     * stays the stream's.
     */
    @Override
    int fileDescriptor();
}
