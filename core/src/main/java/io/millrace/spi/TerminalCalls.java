// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;

/** Calls on terminals and pseudo-terminals; see termios(3). None waits. Any thread. */
public interface TerminalCalls {
    /**
     * Another descriptor of the same terminal, which does not block and is not inherited. Where the
     * system can open it anew the flags of the given one stay as they are; else they are shared,
     * and the new one blocks if the given one does.
     */
    int reopen(int descriptor) throws IoException;

    /**
     * Something that two descriptors of one terminal have in common, whatever name it was opened
     * by. Terminals of two containers may have it in common as well.
     *
     * @throws IoException {@code ENOTTY} if it is none, {@code EBADF} if it is not open
     */
    String identity(int descriptor) throws IoException;

    /** How it is set, in the system's own form: tcgetattr(3). */
    byte[] mode(int descriptor) throws IoException;

    /** Sets it, at once: tcsetattr(3). */
    void setMode(int descriptor, byte[] mode) throws IoException;

    /**
     * As {@link #setMode}, also from the background, where that would stop this process: it may be
     * about to end, and nobody there to let it go on.
     */
    void putBack(int descriptor, byte[] mode) throws IoException;

    /** Whether it is this process's controlling terminal, and another job is in front. */
    boolean isInBackground(int descriptor);

    /** What a mode is when nothing is done to input or output: cfmakeraw(3). */
    byte[] raw(byte[] mode);

    /** Columns in the upper 32 bits and rows in the lower ones. */
    long size(int descriptor) throws IoException;

    /** Sets how large it is, of which the processes in front hear by SIGWINCH. */
    void setSize(int descriptor, int columns, int rows) throws IoException;

    /**
     * Makes a pseudo-terminal, whose ends do not block and are not inherited: the one that acts as
     * screen and keyboard, and then the terminal.
     */
    void open(int[] ends) throws IoException;
}
