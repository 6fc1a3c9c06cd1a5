// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.Log;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Which memory an engine works in at the least cost, by measuring: two of its kind talk to each
 * other in both, with the copies that each kind costs us, and the least time of several rounds
 * decides. Once for each class of engines, and never for the JDK's, of which it is known; some
 * hundredths of a second, on the thread that builds a context. Any thread.
 */
final class MemoryTrial {
    private static final int SMALL_BYTES = 64;
    private static final int SMALL_RECORDS = 8;
    private static final int LARGE_RECORDS = 2;
    private static final int MOST_ROUNDS = 40;
    private static final int FEWEST_ROUNDS = 5;
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Flights of a handshake are five; an engine that never ends one is none to wait for. */
    private static final int MOST_STEPS = 200;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final Map<Class<?>, EngineMemory> KNOWN = new WeakHashMap<>();

    private final SSLEngine client;
    private final SSLEngine server;
    private final LongSupplier clock;

    /** What has come of the kernel, and what it is given: there it is off the heap in any case. */
    private final ByteBuffer wire = DirectMemory.allocate(2 * LoopBuffers.MOST_RECORD_BYTES);

    MemoryTrial(SSLEngine client, SSLEngine server, LongSupplier clock) {
        this.client = client;
        this.server = server;
        this.clock = clock;
    }

    /** For the engines of a context. */
    static EngineMemory of(SSLContext context) {
        Provider provider = context.getProvider();
        if (TlsContext.isOfJdk(provider)) {
            return EngineMemory.HEAP;
        }
        try {
            SSLContext ours = SSLContext.getInstance("TLS", provider);
            Identity self = CertificateMaker.selfSigned(List.of("localhost"));
            Identities identities = new Identities(List.of(() -> self), null);
            ours.init(
                    new KeyManager[] {identities},
                    new TrustManager[] {new Itself(self.chain().get(0))},
                    null);
            return of(ours.createSSLEngine("localhost", 1), ours.createSSLEngine());
        } catch (GeneralSecurityException | IoException | RuntimeException unusable) {
            return unknown(unusable);
        }
    }

    private static EngineMemory of(SSLEngine client, SSLEngine server) {
        Class<?> kind = server.getClass();
        try {
            synchronized (KNOWN) {
                EngineMemory known = KNOWN.get(kind);
                if (known == null) {
                    client.setUseClientMode(true);
                    server.setUseClientMode(false);
                    known =
                            TlsContext.isOfJdk(server)
                                    ? EngineMemory.HEAP
                                    : new MemoryTrial(client, server, System::nanoTime)
                                            .costs()
                                            .less();
                    KNOWN.put(kind, known);
                }
                return known;
            }
        } catch (SSLException | RuntimeException refused) {
            return unknown(refused);
        } finally {
            ByteBuffer records = ByteBuffer.allocate(LoopBuffers.CHUNK_BYTES);
            RecordWriter.release(client, records);
            RecordWriter.release(server, records);
        }
    }

    /** Arrays every engine can work in. */
    private static EngineMemory unknown(Exception why) {
        Log.CORE.report(System.Logger.Level.DEBUG, "a TLS engine cannot be tried", why);
        return EngineMemory.HEAP;
    }

    /** What the same costs in both, in nanoseconds. */
    record Costs(long heap, long direct) {
        EngineMemory less() {
            return direct < heap ? EngineMemory.DIRECT : EngineMemory.HEAP;
        }
    }

    Costs costs() throws SSLException {
        shake();
        Buffers heap = new Buffers(false);
        Buffers direct = new Buffers(true);
        long begun = clock.getAsLong();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            heap.round();
            direct.round();
            if (round >= FEWEST_ROUNDS && clock.getAsLong() - begun > MOST_NANOS) {
                break;
            }
        }
        return new Costs(heap.leastNanos, direct.leastNanos);
    }

    /** Until both have nothing more to say. */
    private void shake() throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(LoopBuffers.CHUNK_BYTES);
        ByteBuffer toClient = ByteBuffer.allocate(LoopBuffers.CHUNK_BYTES);
        client.beginHandshake();
        server.beginHandshake();
        boolean goesOn = true;
        for (int steps = 0; goesOn; steps++) {
            if (steps > MOST_STEPS) {
                throw new SSLException("no end of a handshake with itself");
            }
            goesOn = step(client, toClient, toServer);
            goesOn |= step(server, toServer, toClient);
        }
    }

    /** Whether there was anything to do for one of them. */
    private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out)
            throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            engine.getDelegatedTask().run();
            return true;
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            return engine.wrap(NOTHING, out).bytesProduced() > 0;
        }
        try {
            ByteBuffer none = ByteBuffer.allocate(LoopBuffers.MOST_RECORD_BYTES);
            return engine.unwrap(in.flip(), none).bytesConsumed() > 0;
        } finally {
            in.compact();
        }
    }

    /** The memory of one of both kinds. */
    private final class Buffers {
        private final boolean isDirect;
        private final ByteBuffer plain;
        private final ByteBuffer records;
        private final ByteBuffer input;
        private final ByteBuffer output;
        long leastNanos = Long.MAX_VALUE;

        Buffers(boolean isDirect) {
            this.isDirect = isDirect;
            plain = allocate(LoopBuffers.RECORD_BYTES);
            records = allocate(2 * LoopBuffers.MOST_RECORD_BYTES);
            input = isDirect ? records : allocate(2 * LoopBuffers.MOST_RECORD_BYTES);
            output = allocate(LoopBuffers.CHUNK_BYTES);
        }

        private ByteBuffer allocate(int bytes) {
            return isDirect ? DirectMemory.allocate(bytes) : ByteBuffer.allocate(bytes);
        }

        void round() throws SSLException {
            long begun = clock.getAsLong();
            for (int i = 0; i < SMALL_RECORDS; i++) {
                pass(SMALL_BYTES);
            }
            for (int i = 0; i < LARGE_RECORDS; i++) {
                pass(LoopBuffers.RECORD_BYTES);
            }
            leastNanos = Math.min(leastNanos, clock.getAsLong() - begun);
        }

        private void pass(int bytes) throws SSLException {
            plain.clear().limit(bytes);
            while (plain.hasRemaining()) {
                send(client);
                output.clear();
                receive(server);
            }
        }

        /** As streams do: what is off the heap goes out as it is, and is taken where it came. */
        private void send(SSLEngine from) throws SSLException {
            records.clear();
            SSLEngineResult result = from.wrap(plain, records);
            if (result.bytesConsumed() == 0) {
                throw new SSLException("the engine makes no record: " + result.getStatus());
            }
            records.flip();
            if (!isDirect) {
                wire.clear().put(records).flip();
                input.clear().put(wire).flip();
            }
        }

        private void receive(SSLEngine into) throws SSLException {
            while (input.hasRemaining()) {
                if (into.unwrap(input, output).bytesConsumed() == 0) {
                    throw new SSLException("the engine takes no record");
                }
            }
        }
    }

    /** Trusts the other end of the trial, and nobody else. */
    private record Itself(X509Certificate certificate) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String exchange)
                throws CertificateException {
            throw new CertificateException("no client was asked for one");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String exchange)
                throws CertificateException {
            if (!chain[0].equals(certificate)) {
                throw new CertificateException("not the one that was made for the trial");
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
