// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

/** {@code epoll-et}: the same, edge-triggered: no epoll_ctl while a connection lives. */
public final class EdgeTriggeredEpollBackend extends EpollEngine {
    /** For the service loader. */
    public EdgeTriggeredEpollBackend() {}

    @Override
    public String name() {
        return "epoll-et";
    }

    /** Only by name: it gains little over level-triggered and is the more delicate of the two. */
    @Override
    public int rank() {
        return -1;
    }

    @Override
    boolean edgeTriggered() {
        return true;
    }
}
