// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import org.jspecify.annotations.Nullable;

/**
 * A queue whose links are in what waits in it: first in, first out, each at most once. So joining
 * allocates nothing, and cannot fail. Loop thread only.
 *
 * <p>Whatever can be in several queues at once has a link of its own for each: with one for two,
 * joining the second would cut the first short.
 */
public final class IntrusiveQueue<L extends IntrusiveQueue.Link<L>> {
    private @Nullable L head;
    private @Nullable L tail;

    /** Makes an empty one. */
    public IntrusiveQueue() {}

    /** Joins at the end, unless the link is in a queue already. */
    public void add(L link) {
        Link<L> joining = link;
        if (joining.queued) {
            return;
        }
        joining.queued = true;
        Link<L> before = tail;
        if (before == null) {
            head = link;
        } else {
            before.next = link;
        }
        tail = link;
    }

    public boolean isEmpty() {
        return head == null;
    }

    /** Who is next; null if nobody is in the queue. */
    public @Nullable L first() {
        return head;
    }

    /** Who joined last; null if nobody is in the queue. */
    public @Nullable L last() {
        return tail;
    }

    /** Lets the {@link #first} leave. */
    public void removeFirst(L first) {
        assert first == head : "not the first";
        head = first.takeOff();
        if (head == null) {
            tail = null;
        }
    }

    /**
     * Empties the queue. The links stay chained, and count as queued, until each is taken off with
     * {@link Link#takeOff}; so what joins meanwhile is for the next time.
     */
    public @Nullable L takeAll() {
        L first = head;
        head = null;
        tail = null;
        return first;
    }

    /** A place in at most one queue. */
    public abstract static class Link<L extends Link<L>> {
        private @Nullable L next;
        private boolean queued;

        /** Makes one that is in no queue. */
        protected Link() {}

        /** Leaves the chain, so that it can join a queue again, and answers who comes next. */
        public final @Nullable L takeOff() {
            L following = next;
            next = null;
            queued = false;
            return following;
        }
    }
}
