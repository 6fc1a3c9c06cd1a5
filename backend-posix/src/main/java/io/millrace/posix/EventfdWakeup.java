// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;

/**
 * A wake-up by Linux's eventfd(2): each signal adds one to a counter in the kernel.
 *
 * <p>An edge-triggered poller never reads it, which spares a call per wake-up. The counter would
 * take 2⁶⁴−2 signals to fill; one that is full all the same is emptied and signalled again, because
 * a write that fails raises no edge.
 */
public final class EventfdWakeup implements WakeupDescriptor {
    private final SystemCalls calls;
    private final NativeMemory one = NativeMemory.allocate(Long.BYTES);
    private final NativeMemory count = NativeMemory.allocate(Long.BYTES);

    /**
     * -1 after close. Guarded by this object, because the number is reused as soon as it is free.
     */
    private int fd = -1;

    private EventfdWakeup(SystemCalls calls) {
        this.calls = calls;
        one.putLong(0, 1);
    }

    public static EventfdWakeup open(SystemCalls calls, SocketConstants constants)
            throws IoException {
        EventfdWakeup wakeup = new EventfdWakeup(calls);
        int fd = calls.eventfd(0, constants.openNonblock | constants.openCloexec);
        if (fd < 0) {
            throw IoException.of(fd, "eventfd", null);
        }
        wakeup.fd = fd;
        return wakeup;
    }

    @Override
    public synchronized int descriptor() {
        return fd;
    }

    @Override
    public synchronized void signal() {
        if (fd < 0) {
            return;
        }
        int written = one.keptFor(calls.write(fd, one.address(), Long.BYTES));
        while (written == Code.INTERRUPTED || written == Code.WOULD_BLOCK) {
            if (written == Code.WOULD_BLOCK) {
                drain();
            }
            written = one.keptFor(calls.write(fd, one.address(), Long.BYTES));
        }
    }

    @Override
    public synchronized void drain() {
        count.keptFor(calls.read(fd, count.address(), Long.BYTES));
    }

    @Override
    public synchronized void close() {
        if (fd >= 0) {
            calls.close(fd);
            fd = -1;
        }
    }
}
