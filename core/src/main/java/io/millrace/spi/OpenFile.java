// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file, whoever has opened it: a {@link FileEngine}, core's threads, or a {@link
 * StreamEngine} that is to send from it. Whoever works with it needs to know no more than its
 * descriptor, where there is one.
 *
 * <p>It belongs to the loop that opened it. {@link #size}, {@link #read} and {@link #close} block
 * as long as the system does.
 */
public interface OpenFile extends Closeable {
    /** The kernel's number for the file, or -1 where the JDK keeps it to itself. */
    int descriptor();

    /** Bytes in the file now. */
    long size() throws IOException;

    /**
     * Reads at a position, as pread(2) does: for engines that send from a file by reading it.
     * Blocks as long as the system does.
     *
     * @return bytes, 0 or -1 at or behind the end
     */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Closes the file at once, for what no {@link FileRequest} of its kind closes any more: one
     * that was only sent, or one whose loop cannot wait. Nothing is in flight on it. Its driver may
     * be closed already. The file is gone whatever is thrown.
     *
     * @throws IOException if the system tells of something that was written before and was lost
     */
    @Override
    void close() throws IOException;
}
