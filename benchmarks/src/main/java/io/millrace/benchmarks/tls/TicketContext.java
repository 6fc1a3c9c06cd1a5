// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A context that sets up each engine it makes, for who gives no other occasion to, as Netty. */
final class TicketContext extends SSLContext {
    TicketContext(SSLContext made, Consumer<SSLEngine> setUp) {
        super(new Engines(made, setUp), made.getProvider(), made.getProtocol());
    }

    private static final class Engines extends SSLContextSpi {
        private final SSLContext made;
        private final Consumer<SSLEngine> setUp;

        Engines(SSLContext made, Consumer<SSLEngine> setUp) {
            this.made = made;
            this.setUp = setUp;
        }

        private SSLEngine setUp(SSLEngine engine) {
            setUp.accept(engine);
            return engine;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("it is set up already");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return setUp(made.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return setUp(made.createSSLEngine(host, port));
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return made.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return made.getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return made.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return made.getClientSessionContext();
        }
    }
}
