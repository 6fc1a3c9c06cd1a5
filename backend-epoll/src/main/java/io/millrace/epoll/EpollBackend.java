// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

/** {@code epoll}: Linux's readiness engine, level-triggered; the default where io_uring is not. */
public final class EpollBackend extends EpollEngine {
    /** For the service loader. */
    public EpollBackend() {}

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public int rank() {
        return 300;
    }

    @Override
    boolean edgeTriggered() {
        return false;
    }
}
