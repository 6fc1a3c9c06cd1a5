// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.ErrnoTable;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.Processor;
import io.millrace.spi.Code;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A kqueue on Linux, for tests: what kqueue(2) promises, made of epoll, speaking the records,
 * filter numbers and errors of any {@link KqueueAbi}.
 *
 * <p>It is strict where the systems are strict, and where they differ it takes the side that is
 * harder on the caller: an error that is reported with EV_EOF is gone from the socket, an event may
 * carry flags nobody asked about, EV_ERROR may replace the flags of a change. Any thread may call,
 * as with the real one; waiting is for one thread per queue.
 */
final class EmulatedKqueue implements KqueueCalls {
    private static final int DESCRIPTORS = 1 << 16;

    private final KqueueAbi abi;
    private final ErrnoTable errors;
    private final AtomicReferenceArray<EmulatedQueue> queues =
            new AtomicReferenceArray<>(DESCRIPTORS);

    EmulatedKqueue(KqueueAbi abi) {
        this.abi = abi;
        errors = Platform.of(systemOf(abi), Processor.X86_64).errors();
    }

    /** How this kqueue numbers errors. */
    ErrnoTable errors() {
        return errors;
    }

    /** Nobody has a table for NetBSD, which numbers what sockets report like its relatives. */
    static OperatingSystem systemOf(KqueueAbi abi) {
        return switch (abi) {
            case MACOS -> OperatingSystem.MACOS;
            case FREEBSD, NETBSD, NETBSD11 -> OperatingSystem.FREEBSD;
            case OPENBSD -> OperatingSystem.OPENBSD;
            case DRAGONFLY -> OperatingSystem.DRAGONFLY;
            case LIBKQUEUE -> OperatingSystem.LINUX;
        };
    }

    @Override
    public int kqueue() {
        EmulatedQueue queue = new EmulatedQueue(abi, errors);
        queues.set(queue.descriptor(), queue);
        return queue.descriptor();
    }

    @Override
    public int kevent(
            int kqueue, long changes, int changeCount, long events, int eventCount, long timeout) {
        EmulatedQueue queue = kqueue < 0 ? null : queues.get(kqueue);
        if (queue == null) {
            return Code.BAD_DESCRIPTOR;
        }
        return queue.kevent(changes, changeCount, events, eventCount, timeout);
    }

    @Override
    public int close(int kqueue) {
        EmulatedQueue queue = queues.getAndSet(kqueue, null);
        if (queue == null) {
            return Code.BAD_DESCRIPTOR;
        }
        queue.close();
        return Code.OK;
    }
}
