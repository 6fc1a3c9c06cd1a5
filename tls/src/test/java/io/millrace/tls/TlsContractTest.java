// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.StreamContract;
import io.millrace.testkit.contract.Transport;
import org.junit.jupiter.api.Nested;

/**
 * The contract of streams over TLS: on every backend over TCP and over Unix-domain sockets. The
 * four pairs of engines, of the JDK and of Conscrypt, take turns.
 */
class TlsContractTest {
    @Nested
    class OnNio extends OverTls {
        OnNio() {
            super("nio", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnNioOverUnixSockets extends OverTls {
        OnNioOverUnixSockets() {
            super("nio", TlsTransport.overUnixSockets("conscrypt", "conscrypt"));
        }
    }

    @Nested
    class OnSelect extends OverTls {
        OnSelect() {
            super("select", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnSelectOverUnixSockets extends OverTls {
        OnSelectOverUnixSockets() {
            super("select", TlsTransport.overUnixSockets("jdk", "conscrypt"));
        }
    }

    @Nested
    class OnPoll extends OverTls {
        OnPoll() {
            super("poll", TlsTransport.overTcp("jdk", "conscrypt"));
        }
    }

    @Nested
    class OnPollOverUnixSockets extends OverTls {
        OnPollOverUnixSockets() {
            super("poll", TlsTransport.overUnixSockets("jdk", "jdk"));
        }
    }

    @Nested
    class OnEpoll extends OverTls {
        OnEpoll() {
            super("epoll", TlsTransport.overTcp("conscrypt", "conscrypt"));
        }
    }

    @Nested
    class OnEpollOverUnixSockets extends OverTls {
        OnEpollOverUnixSockets() {
            super("epoll", TlsTransport.overUnixSockets("jdk", "jdk"));
        }
    }

    @Nested
    class OnEdgeTriggeredEpoll extends OverTls {
        OnEdgeTriggeredEpoll() {
            super("epoll-et", TlsTransport.overTcp("conscrypt", "jdk"));
        }
    }

    @Nested
    class OnEdgeTriggeredEpollOverUnixSockets extends OverTls {
        OnEdgeTriggeredEpollOverUnixSockets() {
            super("epoll-et", TlsTransport.overUnixSockets("jdk", "jdk"));
        }
    }

    @Nested
    class OnIoUring extends OverTls {
        OnIoUring() {
            super("io_uring", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnIoUringOverUnixSockets extends OverTls {
        OnIoUringOverUnixSockets() {
            super("io_uring", TlsTransport.overUnixSockets("conscrypt", "jdk"));
        }
    }

    private abstract static class OverTls extends StreamContract {
        private final String backend;
        private final Transport transport;

        OverTls(String backend, Transport transport) {
            this.backend = backend;
            this.transport = transport;
        }

        @Override
        protected BackendPair backends() {
            return BackendPair.of(backend);
        }

        @Override
        protected Transport transport() {
            return transport;
        }
    }
}
