// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Carries out operations on files by calls that block. Core makes them on the threads of the work
 * executor, for engines that have no {@link FileEngine}, and for what an engine leaves to threads;
 * then the files that they get are those that the engine has opened. Any thread, several at once.
 */
public interface FileCalls {
    /**
     * Carries out what is asked for, with one attempt, as the system call of the same name would.
     * Only reads the request; what there is to tell beside the result goes into the answer.
     *
     * @return what {@link FileRequest.Operation} says, or a negative code
     * @throws IOException the JDK's own, see {@link FileErrors}, or one with a code
     */
    long carryOut(FileRequest request, FileAnswer answer) throws IOException;

    /**
     * Reads once what the system has at hand, such as in its page cache, and waits for no device.
     * Nobody closes the file meanwhile.
     *
     * @param file for reading, not past the page cache
     * @param into direct; its bytes from one index to another, whatever its own position is
     * @return bytes, which may be fewer than there are in the file, 0 at its end or, on some
     *     systems, where nothing is at hand; {@link Code#WOULD_BLOCK} if the system would have to
     *     wait, or another code if it cannot tell
     */
    default long readAtHand(OpenFile file, ByteBuffer into, int from, int to, long position) {
        return Code.NOT_SUPPORTED;
    }
}
