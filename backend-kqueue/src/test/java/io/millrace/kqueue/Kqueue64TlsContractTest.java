// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.StreamContract;
import io.millrace.testkit.contract.TcpTransport;
import io.millrace.testkit.contract.Transport;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsServer;
import io.millrace.tls.TlsStream;
import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** The contract of streams over TLS, with the JDK's engines; those of others are told in tls. */
class Kqueue64TlsContractTest extends StreamContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("kqueue-like-freebsd");
    }

    @Override
    protected Transport transport() {
        return new Tls(new TcpTransport());
    }

    /** A server that vouches for itself, and clients that believe it. */
    private record Tls(Transport below, TlsContext client, TlsContext server) implements Transport {
        Tls(Transport below) {
            this(
                    below,
                    built(TlsContext.builder().trustManager(new Anybody()).verifyHost(false)),
                    built(TlsContext.builder().selfSigned("localhost")));
        }

        private static TlsContext built(TlsContext.Builder builder) {
            try {
                return builder.tasksInline(true).build();
            } catch (IOException unusable) {
                throw new AssertionError(unusable);
            }
        }

        @Override
        public String name() {
            return "TLS over " + below.name();
        }

        @Override
        public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
                throws IOException {
            TlsServer made = TlsServer.listen(loop, TcpTransport.freeAddress(), server, handler);
            return new Listener(made, made.localAddress());
        }

        @Override
        public Connecting connect(EventLoop loop, Listener to) {
            ByteStream carrier = below.connect(loop, to).stream();
            TlsStream stream = TlsStream.client(carrier, client, "localhost", 443);
            return new Connecting(stream, stream.handshake());
        }

        @Override
        public boolean has(Ability ability) {
            return below.has(ability);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
