// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import org.jspecify.annotations.Nullable;

/**
 * Ports with something to submit, first in, first out, each at most once. The links are in the
 * ports, so joining allocates nothing. Loop thread only.
 */
final class PortQueue {
    private @Nullable Requester head;
    private @Nullable Requester tail;

    /** Joins at the end, unless the port is in the queue already. */
    void add(Requester port) {
        if (port.isQueued) {
            return;
        }
        port.isQueued = true;
        if (tail == null) {
            head = port;
        } else {
            tail.nextQueued = port;
        }
        tail = port;
    }

    boolean isEmpty() {
        return head == null;
    }

    @Nullable Requester first() {
        return head;
    }

    /** Lets the {@link #first} leave. */
    void removeFirst(Requester first) {
        assert first == head : "not the first";
        head = first.nextQueued;
        first.nextQueued = null;
        first.isQueued = false;
        if (head == null) {
            tail = null;
        }
    }
}
