// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.IntrusiveQueue;

/**
 * A port's place on one list of ports to attend to.
 *
 * <p>For the list of the ready, which every event goes through, the port itself is the link: with
 * thousands of connections every object that an event touches has to come from memory.
 */
abstract class PortLink extends IntrusiveQueue.Link<PortLink> {
    abstract ReactorPort port();

    /** A place beside the port, for the lists that a port is on now and then. */
    static final class Place extends PortLink {
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
