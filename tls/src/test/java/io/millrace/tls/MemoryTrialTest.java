// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Engines of which nothing is known are tried, by what they take and not by what they are called.
 */
class MemoryTrialTest {
    /** Takes so much time for each call, by a clock of the test's. */
    private static final class Costly extends PassingEngine {
        private final AtomicLong now;
        private final int onHeap;
        private final int offHeap;

        Costly(SSLEngine inner, AtomicLong now, int onHeap, int offHeap) {
            super(inner);
            this.now = now;
            this.onHeap = onHeap;
            this.offHeap = offHeap;
        }

        private void take(ByteBuffer buffer) {
            now.addAndGet(buffer.isDirect() ? offHeap : onHeap);
        }

        @Override
        public SSLEngineResult wrap(ByteBuffer source, ByteBuffer records) throws SSLException {
            take(records);
            return super.wrap(source, records);
        }

        @Override
        public SSLEngineResult unwrap(ByteBuffer records, ByteBuffer plain) throws SSLException {
            take(plain);
            return super.unwrap(records, plain);
        }
    }

    @ParameterizedTest
    @CsvSource({"10,20,HEAP", "20,10,DIRECT", "100,99,DIRECT", "10,10,HEAP"})
    void theCheaperMemoryIsChosen(int onHeap, int offHeap, EngineMemory chosen)
            throws SSLException {
        AtomicLong now = new AtomicLong();
        SSLEngine client = new Costly(new PlainEngine(true, 1 << 16), now, onHeap, offHeap);
        SSLEngine server = new Costly(new PlainEngine(false, 1 << 16), now, onHeap, offHeap);
        assertEquals(chosen, new MemoryTrial(client, server, now::get).costs().less());
    }

    /** A provider's whose engines are the JDK's in other clothes. */
    private static final class Disguised extends Provider {
        private static final long serialVersionUID = 1L;

        private final transient Runnable onRecord;

        Disguised(Runnable onRecord) {
            super("Disguised", "1", "for a test");
            this.onRecord = onRecord;
            putService(
                    new Service(this, "SSLContext", "TLS", "x", List.of(), null) {
                        @Override
                        public Object newInstance(Object parameter)
                                throws NoSuchAlgorithmException {
                            return new Contexts(SSLContext.getInstance("TLS"), Disguised.this);
                        }
                    });
        }
    }

    /** Passes on what it is asked. */
    private static final class Contexts extends SSLContextSpi {
        private final SSLContext inner;
        private final Disguised owner;

        Contexts(SSLContext inner, Disguised owner) {
            this.inner = inner;
            this.owner = owner;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            inner.init(keys, trust, random);
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return disguise(inner.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return disguise(inner.createSSLEngine(host, port));
        }

        private SSLEngine disguise(SSLEngine engine) {
            return new PassingEngine(engine) {
                @Override
                public SSLEngineResult wrap(ByteBuffer source, ByteBuffer records)
                        throws SSLException {
                    if (source.hasRemaining()) {
                        owner.onRecord.run();
                    }
                    return super.wrap(source, records);
                }
            };
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return inner.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return inner.getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return inner.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return inner.getClientSessionContext();
        }
    }

    @Test
    void anUnknownEngineIsTriedOnceAndThenServes() throws Exception {
        AtomicInteger records = new AtomicInteger();
        Provider unknown = new Disguised(records::incrementAndGet);
        TlsContext context =
                TlsContext.builder()
                        .provider(unknown)
                        .identity(TestContexts.SERVER.key(), TestContexts.SERVER.chain())
                        .build();
        int tried = records.get();
        assertEquals(true, tried > 0, "no trial");
        TlsContext.builder().provider(unknown).build();
        assertEquals(tried, records.get(), "tried again");
        try (TlsRig rig = TlsRig.on(context)) {
            assertNull(rig.shake(TestContexts.client("jdk").build(), "localhost"));
        }
    }

    /** Of a context that its provider cannot make again nothing can be found out. */
    @Test
    void arraysAreForEnginesThatCannotBeTried() throws Exception {
        Provider nothing =
                new Provider("Nothing", "1", "for a test") {
                    private static final long serialVersionUID = 1L;
                };
        SSLContext inner = SSLContext.getDefault();
        SSLContext own =
                new SSLContext(new Contexts(inner, new Disguised(() -> {})), nothing, "TLS") {};
        assertEquals(
                EngineMemory.HEAP, TlsContext.builder().sslContext(own).build().engineMemory());
    }

    @Test
    void nobodyTriesTheJdks() throws Exception {
        assertEquals(EngineMemory.HEAP, TlsContext.client().engineMemory());
        TlsContext told = TlsContext.builder().engineMemory(EngineMemory.DIRECT).build();
        assertEquals(EngineMemory.DIRECT, told.engineMemory());
    }
}
