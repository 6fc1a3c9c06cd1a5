// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.EventfdWakeup;
import io.millrace.posix.Libc;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.posix.WakeupDescriptor;
import io.millrace.spi.LoopContext;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Everything that a driver holds of the system, opened together or not at all.
 *
 * @param calls the kernel that all of it came from
 */
record UringResources(
        RingCalls calls,
        Ring ring,
        BufferRing bufferRing,
        ReceiveBuffers buffers,
        WakeupDescriptor wakeup,
        Scratch scratch)
        implements AutoCloseable {

    static UringResources open(
            RingCalls calls,
            SystemCalls systemCalls,
            Features features,
            UringOptions options,
            LoopContext context)
            throws IoException {
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            int idleMillis = options.kernelThreadIdleMillis();
            Features wanted = idleMillis == 0 ? features : features.withKernelThread();
            Ring ring = new RingSetup(calls, idleMillis).open(wanted, options.sizes());
            undo.push(ring::close);
            BufferRing bufferRing =
                    BufferRing.register(
                            calls, ring, ReceiveBuffers.GROUP, options.bufferEntries(), 0);
            undo.push(bufferRing::close);
            ReceiveBuffers buffers =
                    new ReceiveBuffers(
                            bufferRing,
                            options.chunkCount(),
                            options.chunkBytes(),
                            Libc::addressOf,
                            context);
            Platform platform = Platform.current();
            Scratch scratch = new Scratch(ring.submissions().capacity(), platform);
            WakeupDescriptor wakeup = EventfdWakeup.open(systemCalls, platform.constants());
            undo.push(wakeup::close);
            UringResources all =
                    new UringResources(calls, ring, bufferRing, buffers, wakeup, scratch);
            undo.clear();
            return all;
        } finally {
            undo.forEach(Runnable::run);
        }
    }

    /** Closes the descriptors, and leaves memory to the kernel that it may still write to. */
    void abandon() {
        ring.close();
        wakeup.close();
    }

    /** The ring first: what it still has in flight ends with it. */
    @Override
    public void close() {
        ring.close();
        bufferRing.close();
        wakeup.close();
    }
}
