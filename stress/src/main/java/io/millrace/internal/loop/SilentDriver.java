// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.Capabilities;
import io.millrace.spi.Driver;
import io.millrace.spi.StreamEngine;
import java.util.concurrent.atomic.AtomicInteger;

/** A driver that only counts how often it was woken, and whether that was after its end. */
final class SilentDriver implements Driver {
    private final AtomicInteger wakeups = new AtomicInteger();
    private volatile boolean closed;
    private volatile boolean wokenWhenClosed;

    int wakeups() {
        return wakeups.get();
    }

    boolean wokenWhenClosed() {
        return wokenWhenClosed;
    }

    @Override
    public void wakeup() {
        wakeups.incrementAndGet();
        if (closed) {
            wokenWhenClosed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public int poll(long timeoutNanos) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Capabilities capabilities() {
        throw new UnsupportedOperationException();
    }

    @Override
    public StreamEngine streams() {
        throw new UnsupportedOperationException();
    }
}
