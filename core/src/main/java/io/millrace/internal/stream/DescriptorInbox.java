// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.internal.loop.CallbackGuard;
import io.millrace.net.DescriptorHandler;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors on their way to a stream's user, who hears of them before the bytes that they came
 * with. Few streams have one. Whatever nobody takes is closed.
 */
final class DescriptorInbox {
    private final UnixSocketStream stream;
    private final DescriptorHandler handler;

    /** Those of the bytes that are reported next. */
    private @Nullable Passed next;

    /** Those of parked chunks, in order. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** Descriptors that came with a parked chunk. */
    private record Waiting(PoolChunk chunk, Passed passed) {}

    DescriptorInbox(UnixSocketStream stream, DescriptorHandler handler) {
        this.stream = stream;
        this.handler = handler;
    }

    /** Those whose bytes could not be reported, for lack of memory, go with their bytes. */
    void arrived(Passed passed) {
        Passed orphaned = next;
        next = passed;
        if (orphaned != null) {
            close(orphaned.descriptors());
        }
    }

    /** The bytes that came with them are parked. */
    void park(PoolChunk chunk) {
        Passed passed = next;
        next = null;
        if (passed != null) {
            waiting.add(new Waiting(chunk, passed));
        }
    }

    /** The bytes that have just come are delivered. */
    void tellOfNext() {
        Passed passed = next;
        next = null;
        if (passed != null) {
            tell(passed);
        }
    }

    /** A parked chunk is to be delivered. Answers whether somebody was called. */
    boolean tellOf(PoolChunk chunk) {
        Waiting first = waiting.peek();
        if (first == null || first.chunk() != chunk) {
            return false;
        }
        tell(waiting.remove().passed());
        return true;
    }

    private void tell(Passed passed) {
        ArrivedDescriptors descriptors = new ArrivedDescriptors(passed);
        CallbackGuard guard = stream.loop().guard;
        long began = guard.begins();
        try {
            handler.onDescriptors(stream, descriptors);
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
        close(descriptors.left());
    }

    /** Nobody is going to hear of anything any more. */
    void abandon() {
        if (next != null) {
            close(next.descriptors());
            next = null;
        }
        waiting.forEach(each -> close(each.passed().descriptors()));
        waiting.clear();
    }

    private void close(int[] descriptors) {
        for (int descriptor : descriptors) {
            stream.loop().driver.streams().closeDescriptor(descriptor);
        }
    }
}
