// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import io.millrace.EventLoop;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How threads hand requests to one loop: the first wakes it, and those that come until it looks are
 * begun with it, so that a ring submits them together. Any thread.
 */
final class HandOver {
    private final EventLoop loop;
    private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean wakes = new AtomicBoolean();
    private final DirectBuffers buffers = new DirectBuffers();

    /** How often the loop has looked. Written by the loop. */
    private volatile long looks;

    HandOver(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    long looks() {
        return looks;
    }

    DirectBuffers buffers() {
        return buffers;
    }

    boolean isGone() {
        return loop.isClosed();
    }

    void ensureElsewhere(String method) {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    method
                            + " was called on the thread of the loop that it waits for, and would"
                            + " wait for ever; use AsyncFile there, or another thread");
        }
    }

    /** The request begins on the loop, or ends because the loop is closed. */
    void add(Request request) {
        queue.add(request);
        if (!wakes.getAndSet(true)) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException closed) {
                failAll();
            }
        }
    }

    /** What is queued after the flag is lowered raises it again. */
    private void drain() {
        looked(looks + 1);
        wakes.set(false);
        Request next;
        while ((next = queue.poll()) != null) {
            next.begin();
        }
    }

    /** Only the loop's thread writes. */
    private void looked(long times) {
        looks = times;
    }

    private void failAll() {
        Request next;
        while ((next = queue.poll()) != null) {
            next.fail(new ClosedChannelException());
        }
    }
}
