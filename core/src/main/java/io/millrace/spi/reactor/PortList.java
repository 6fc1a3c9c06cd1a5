// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import org.jspecify.annotations.Nullable;

/**
 * Ports to attend to, first in, first out, each at most once.
 *
 * <p>A port has a {@link Link} of its own for every list it can be on: with one link for two lists,
 * joining the second would cut the first short. So adding allocates nothing.
 *
 * <p>For the list of the ready, which every event goes through, the port itself is the link: with
 * thousands of connections every object that an event touches has to come from memory.
 */
final class PortList {
    private @Nullable Link head;
    private @Nullable Link tail;

    /** Adds the link's port, unless it is on the list already. */
    void add(Link link) {
        if (link.listed) {
            return;
        }
        link.listed = true;
        if (tail == null) {
            head = link;
        } else {
            tail.next = link;
        }
        tail = link;
    }

    boolean isEmpty() {
        return head == null;
    }

    /**
     * Empties the list. The links stay chained, and count as listed, until each is taken off with
     * {@link Link#takeOff}; so what is added meanwhile is for the next time.
     */
    @Nullable Link takeAll() {
        Link first = head;
        head = null;
        tail = null;
        return first;
    }

    /** A port's place on one list. */
    abstract static class Link {
        private @Nullable Link next;
        private boolean listed;

        abstract ReactorPort port();

        /** Leaves the chain, so that the port can be listed again, and answers who comes next. */
        @Nullable Link takeOff() {
            Link following = next;
            next = null;
            listed = false;
            return following;
        }
    }

    /** A place beside the port, for the lists that a port is on now and then. */
    static final class Place extends Link {
        private final ReactorPort port;

        Place(ReactorPort port) {
            this.port = port;
        }

        @Override
        ReactorPort port() {
            return port;
        }
    }
}
