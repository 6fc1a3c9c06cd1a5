// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import org.jspecify.annotations.Nullable;

/** Sends from a file where the kernel does not do it alone. One per loop. */
final class FileCopier {
    /** As much as a socket commonly takes at once. */
    private static final int BUFFER_BYTES = 64 << 10;

    private final SystemCalls calls;
    private final int sendFlags;
    private @Nullable NativeMemory buffer;

    FileCopier(SystemCalls calls, int sendFlags) {
        this.calls = calls;
        this.sendFlags = sendFlags;
    }

    /** As {@link SocketDialect#sendFile}; what is read and not sent is read again the next time. */
    long sendFile(int socket, int file, long position, long count) {
        NativeMemory memory = buffer();
        int wanted = (int) Math.min(count, BUFFER_BYTES);
        int read = memory.keptFor(calls.pread(file, memory.address(), wanted, position));
        return read <= 0
                ? read
                : memory.keptFor(calls.send(socket, memory.address(), read, sendFlags));
    }

    private NativeMemory buffer() {
        NativeMemory memory = buffer;
        if (memory == null) {
            memory = NativeMemory.allocate(BUFFER_BYTES);
            buffer = memory;
        }
        return memory;
    }
}
