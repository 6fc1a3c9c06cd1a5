// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;

/**
 * A wake-up by a pipe, for systems without eventfd: each signal puts a byte in.
 *
 * <p>For level-triggered pollers, which drain it; a full pipe is readable, and that is all a signal
 * has to achieve.
 */
public final class PipeWakeup implements WakeupDescriptor {
    private static final int DRAINED_AT_ONCE = 512;

    private final SystemCalls calls;
    private final NativeMemory bytes = NativeMemory.allocate(DRAINED_AT_ONCE);
    private final NativeMemory one = NativeMemory.allocate(1);

    /**
     * Both -1 after close. Guarded by this object, as the numbers are reused once they are free.
     */
    private int readEnd = -1;

    private int writeEnd = -1;

    private PipeWakeup(SystemCalls calls) {
        this.calls = calls;
    }

    public static PipeWakeup open(SystemCalls calls, SocketDialect dialect) throws IoException {
        PipeWakeup wakeup = new PipeWakeup(calls);
        NativeMemory pair = wakeup.bytes;
        int result = pair.keptFor(dialect.pipe(pair.address()));
        if (result < 0) {
            throw IoException.of(result, "pipe", null);
        }
        wakeup.readEnd = pair.getInt(0);
        wakeup.writeEnd = pair.getInt(Integer.BYTES);
        return wakeup;
    }

    @Override
    public synchronized int descriptor() {
        return readEnd;
    }

    @Override
    public synchronized void signal() {
        if (writeEnd < 0) {
            return;
        }
        int written;
        do {
            written = one.keptFor(calls.write(writeEnd, one.address(), 1));
        } while (written == Code.INTERRUPTED);
    }

    @Override
    public void drain() {
        int taken;
        do {
            taken = bytes.keptFor(calls.read(readEnd, bytes.address(), DRAINED_AT_ONCE));
        } while (taken == DRAINED_AT_ONCE || taken == Code.INTERRUPTED);
    }

    @Override
    public synchronized void close() {
        if (readEnd >= 0) {
            calls.close(readEnd);
            calls.close(writeEnd);
            readEnd = -1;
            writeEnd = -1;
        }
    }
}
