// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.StreamContract;
import io.millrace.testkit.contract.Transport;
import org.junit.jupiter.api.Nested;

/**
 * The contract of streams over TLS by the JDK's engine: on a backend without native code, on one
 * that is told of readiness, and on one that is told of completions. The others differ from these
 * below what TLS sees.
 */
class TlsContractTest {
    private static final Transport JDK = TlsTransport.of("jdk");

    @Nested
    class OnNio extends OverTls {
        OnNio() {
            super("nio");
        }
    }

    @Nested
    class OnEpoll extends OverTls {
        OnEpoll() {
            super("epoll");
        }
    }

    @Nested
    class OnIoUring extends OverTls {
        OnIoUring() {
            super("io_uring");
        }
    }

    private abstract static class OverTls extends StreamContract {
        private final String backend;

        OverTls(String backend) {
            this.backend = backend;
        }

        @Override
        protected BackendPair backends() {
            return BackendPair.of(backend);
        }

        @Override
        protected Transport transport() {
            return JDK;
        }
    }
}
