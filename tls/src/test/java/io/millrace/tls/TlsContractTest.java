// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.StreamContract;
import io.millrace.testkit.contract.Transport;
import org.junit.jupiter.api.Nested;

/**
 * The contract of streams over TLS: by the JDK's engine on every backend, over Unix-domain sockets,
 * and by Conscrypt's at either end and at both.
 */
class TlsContractTest {
    @Nested
    class OnNio extends OverTls {
        OnNio() {
            super("nio", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnSelect extends OverTls {
        OnSelect() {
            super("select", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnPoll extends OverTls {
        OnPoll() {
            super("poll", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnEpoll extends OverTls {
        OnEpoll() {
            super("epoll", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnEdgeTriggeredEpoll extends OverTls {
        OnEdgeTriggeredEpoll() {
            super("epoll-et", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OnIoUring extends OverTls {
        OnIoUring() {
            super("io_uring", TlsTransport.overTcp("jdk", "jdk"));
        }
    }

    @Nested
    class OverUnixSockets extends OverTls {
        OverUnixSockets() {
            super("epoll", TlsTransport.overUnixSockets("jdk", "jdk"));
        }
    }

    @Nested
    class FromConscryptToJdk extends OverTls {
        FromConscryptToJdk() {
            super("epoll", TlsTransport.overTcp("conscrypt", "jdk"));
        }
    }

    @Nested
    class FromJdkToConscrypt extends OverTls {
        FromJdkToConscrypt() {
            super("epoll", TlsTransport.overTcp("jdk", "conscrypt"));
        }
    }

    @Nested
    class ByConscrypt extends OverTls {
        ByConscrypt() {
            super("epoll", TlsTransport.overTcp("conscrypt", "conscrypt"));
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
