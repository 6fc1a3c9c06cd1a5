// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.process.LoopTerminal;
import io.millrace.net.ByteStream;

/**
 * A terminal as a {@link ByteStream}, such as that of the process's standard streams; see tty(4).
 *
 * <p>It goes the ways in which its descriptor was opened; the other way is refused with {@link
 * UnsupportedOperationException}. The end of what is read is a line's end of file, or the
 * terminal's having gone. There are no addresses, and {@link #shutdown} is of no consequence but
 * that nothing more can be written.
 *
 * <p>On backends with descriptors; {@code nio} has none. Loop thread only.
 */
public sealed interface Terminal extends ByteStream permits LoopTerminal {
    /** How a terminal treats what is typed. */
    enum Mode {
        /** As it was found: commonly it gathers a line, which can be edited, and shows it. */
        LINE,

        /**
         * Every byte comes as it is typed, keys that commonly send signals too; nothing is shown,
         * and what is written is not changed on its way: a line ends with CR and LF. See
         * cfmakeraw(3).
         */
        RAW
    }

    /**
     * How large a terminal is, in characters; 0 if it does not know.
     *
     * @param columns from 0 to 65,535
     * @param rows from 0 to 65,535
     */
    record Size(int columns, int rows) {}

    /** Hears of a new size. */
    @FunctionalInterface
    interface SizeHandler {
        /** It has another size. What this throws closes the terminal's stream. */
        void onSize(Terminal terminal, Size size);
    }

    /**
     * A new pseudo-terminal; see pty(7).
     *
     * @param screen the side of screen and keyboard: what is typed is written to it, and what is
     *     shown is read from it
     * @param terminal what programs have; its descriptor may be the ends of a child
     */
    record Pair(Pipe screen, Terminal terminal) {}

    /**
     * Opens the terminal that a descriptor stands for, such as 0, the standard input. The
     * descriptor stays as it is and the caller's: on Linux the terminal is opened anew, so that
     * whoever has it as well goes on to find it blocking. Where that cannot be done they find it
     * non-blocking until the last stream of this process over it is closed, or the virtual machine
     * ends.
     *
     * @throws IoException {@code ENOTTY} if it is something else, {@code EBADF} if it is not open
     * @throws IllegalArgumentException if it is negative
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static Terminal open(EventLoop loop, int descriptor) throws IoException {
        return LoopTerminal.open((Loop) loop, descriptor);
    }

    /**
     * Makes a pseudo-terminal, both sides of which are this loop's.
     *
     * @throws IoException {@code EMFILE}, or why else there can be none
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static Pair openPair(EventLoop loop) throws IoException {
        return LoopTerminal.openPair((Loop) loop);
    }

    /**
     * What a descriptor is, as a stream or file of which class it can be used.
     *
     * @throws IoException {@code EBADF} if it is not open
     * @throws IllegalArgumentException if it is negative
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static DescriptorKind kindOf(EventLoop loop, int descriptor) throws IoException {
        return LoopTerminal.kindOf((Loop) loop, descriptor);
    }

    /** How it treats what is typed. */
    Mode mode();

    /**
     * Changes how it treats what is typed, at once, for whoever else has it as well. {@code LINE}
     * puts back how it was found. That is done by {@link #close} too, and whenever the virtual
     * machine ends and runs its shutdown hooks: by itself, by {@code System.exit}, or by a signal
     * that it takes. Where it cannot, as on {@code KILL}, and with {@code -Xrs} on any signal,
     * {@code stty sane} helps. If several have one terminal raw, it is put back when the last one
     * has let it. To become raw in the background stops the process until it is in front; to be put
     * back does not, and leaves a mode that somebody else has set meanwhile.
     *
     * @throws IoException what tcsetattr(3) says
     */
    void mode(Mode mode) throws IoException;

    /**
     * How large it is now.
     *
     * @throws IoException what ioctl(2) says
     */
    Size size() throws IoException;

    /**
     * Sets how large it is, of which the processes in front hear by {@code WINCH}.
     *
     * @throws IoException what ioctl(2) says
     * @throws IllegalArgumentException unless both are from 0 to 65,535
     */
    void size(Size size) throws IoException;

    /**
     * Sets who is told of another size, when this process hears of one ({@code WINCH}, see {@link
     * io.millrace.SignalWatch}): it does if this is its controlling terminal, and it is in front.
     * That does not keep the loop running. Replaces an earlier handler.
     *
     * @throws IoException if the size cannot be had
     * @throws UnsupportedOperationException if signals cannot be watched
     */
    void onSize(SizeHandler handler) throws IoException;

    /** The stream's own descriptor of the terminal. */
    @Override
    int fileDescriptor();
}
