// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.StreamContract;
import io.millrace.testkit.contract.Transport;
import org.junit.jupiter.api.Nested;

/**
 * The contract of streams over TLS: on every backend over TCP and over Unix-domain sockets. The
 * four pairs of engines, of the JDK and of Conscrypt, take turns; {@code
 * -Dmillrace.tls.engines=conscrypt,jdk}, of client and server, makes it one pair for all.
 */
class TlsContractTest {
    @Nested
    class OnNio extends OverTls {
        OnNio() {
            super("nio", Below.TCP, "jdk", "jdk");
        }
    }

    @Nested
    class OnNioOverUnixSockets extends OverTls {
        OnNioOverUnixSockets() {
            super("nio", Below.UNIX, "conscrypt", "conscrypt");
        }
    }

    @Nested
    class OnSelect extends OverTls {
        OnSelect() {
            super("select", Below.TCP, "jdk", "jdk");
        }
    }

    @Nested
    class OnSelectOverUnixSockets extends OverTls {
        OnSelectOverUnixSockets() {
            super("select", Below.UNIX, "jdk", "conscrypt");
        }
    }

    @Nested
    class OnPoll extends OverTls {
        OnPoll() {
            super("poll", Below.TCP, "jdk", "conscrypt");
        }
    }

    @Nested
    class OnPollOverUnixSockets extends OverTls {
        OnPollOverUnixSockets() {
            super("poll", Below.UNIX, "jdk", "jdk");
        }
    }

    @Nested
    class OnEpoll extends OverTls {
        OnEpoll() {
            super("epoll", Below.TCP, "conscrypt", "conscrypt");
        }
    }

    @Nested
    class OnEpollOverUnixSockets extends OverTls {
        OnEpollOverUnixSockets() {
            super("epoll", Below.UNIX, "jdk", "jdk");
        }
    }

    @Nested
    class OnEdgeTriggeredEpoll extends OverTls {
        OnEdgeTriggeredEpoll() {
            super("epoll-et", Below.TCP, "conscrypt", "jdk");
        }
    }

    @Nested
    class OnEdgeTriggeredEpollOverUnixSockets extends OverTls {
        OnEdgeTriggeredEpollOverUnixSockets() {
            super("epoll-et", Below.UNIX, "jdk", "jdk");
        }
    }

    @Nested
    class OnIoUring extends OverTls {
        OnIoUring() {
            super("io_uring", Below.TCP, "jdk", "jdk");
        }
    }

    @Nested
    class OnIoUringOverUnixSockets extends OverTls {
        OnIoUringOverUnixSockets() {
            super("io_uring", Below.UNIX, "conscrypt", "jdk");
        }
    }

    private enum Below {
        TCP,
        UNIX
    }

    private abstract static class OverTls extends StreamContract {
        private final String backend;
        private final Transport transport;

        OverTls(String backend, Below below, String clientEngine, String serverEngine) {
            this.backend = backend;
            String[] engines =
                    System.getProperty("millrace.tls.engines", clientEngine + "," + serverEngine)
                            .split(",", 2);
            this.transport =
                    below == Below.TCP
                            ? TlsTransport.overTcp(engines[0], engines[1])
                            : TlsTransport.overUnixSockets(engines[0], engines[1]);
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
