// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import com.sun.management.ThreadMXBean;
import io.millrace.tls.TlsContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * What an engine takes by itself, without a connection: two of a kind talk to each other on one
 * thread. Prints for each memory and size of records what wrapping and unwrapping one takes of time
 * and heap, and for handshakes the server's part: {@code java -cp benchmarks.jar
 * io.millrace.benchmarks.tls.EngineCost [ENGINE]...}.
 */
public final class EngineCost {
    private static final int LARGEST_RECORD = 17 << 10;
    private static final int RECORDS = 20_000;
    private static final int HANDSHAKES = 500;

    /** The last of them counts: those before it pay for compilation. */
    private static final int ROUNDS = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TlsContext clients;
    private final TlsContext servers;
    private int made;

    private EngineCost(String engine) throws IOException {
        clients = Engines.client(engine);
        servers = Engines.server(engine, false);
    }

    @SuppressWarnings("SystemOut") // It is a program.
    public static void main(String[] arguments) throws IOException {
        String[] engines =
                arguments.length > 0 ? arguments : new String[] {Engines.JDK, Engines.CONSCRYPT};
        for (String engine : engines) {
            EngineCost cost = new EngineCost(engine);
            for (boolean direct : new boolean[] {false, true}) {
                for (int bytes : new int[] {64, 4096, 16_000}) {
                    Counts counts = cost.records(bytes, direct);
                    System.out.printf(
                            Locale.ROOT,
                            "%s, %s, records of %d B: wrap %.0f ns, %d B; unwrap %.0f ns, %d B%n",
                            engine,
                            direct ? "off the heap" : "in arrays",
                            bytes,
                            counts.wrap.nanos(),
                            counts.wrap.bytes(),
                            counts.unwrap.nanos(),
                            counts.unwrap.bytes());
                }
            }
            Count handshakes = cost.handshakes();
            System.out.printf(
                    Locale.ROOT,
                    "%s, full handshakes, the server's part: %.0f µs, %d B%n",
                    engine,
                    handshakes.nanos() / 1000,
                    handshakes.bytes());
        }
    }

    /** Of one operation, on the average. */
    private static final class Count {
        private long times;
        private long totalNanos;
        private long totalBytes;
        private long beganNanos;
        private long beganBytes;

        void begin() {
            beganBytes = THREADS.getCurrentThreadAllocatedBytes();
            beganNanos = System.nanoTime();
        }

        void end(int operations) {
            totalNanos += System.nanoTime() - beganNanos;
            totalBytes += THREADS.getCurrentThreadAllocatedBytes() - beganBytes;
            times += operations;
        }

        double nanos() {
            return (double) totalNanos / times;
        }

        long bytes() {
            return Math.round((double) totalBytes / times);
        }
    }

    private record Counts(Count wrap, Count unwrap) {}

    /** Each for another peer, so that no session is resumed. */
    private SSLEngine engine(TlsContext context, boolean isClient) {
        SSLEngine engine = context.sslContext().createSSLEngine("localhost", ++made);
        engine.setUseClientMode(isClient);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(context.protocols().toArray(String[]::new));
        parameters.setCipherSuites(context.cipherSuites().toArray(String[]::new));
        engine.setSSLParameters(parameters);
        return engine;
    }

    private Counts records(int bytes, boolean direct) throws SSLException {
        SSLEngine client = engine(clients, true);
        SSLEngine server = engine(servers, false);
        shake(client, server, new Count());
        ByteBuffer plain = allocate(bytes, direct);
        ByteBuffer record = allocate(2 * LARGEST_RECORD, direct);
        ByteBuffer output = allocate(2 * LARGEST_RECORD, direct);
        Counts counts = new Counts(new Count(), new Count());
        for (int round = 0; round < ROUNDS; round++) {
            counts = new Counts(new Count(), new Count());
            for (int i = 0; i < RECORDS; i++) {
                record.clear();
                counts.wrap.begin();
                SSLEngineResult wrapped = client.wrap(plain.clear(), record);
                counts.wrap.end(1);
                output.clear();
                record.flip();
                counts.unwrap.begin();
                SSLEngineResult unwrapped = server.unwrap(record, output);
                counts.unwrap.end(1);
                if (wrapped.bytesConsumed() != bytes || unwrapped.bytesProduced() != bytes) {
                    throw new SSLException("one record was not one: " + unwrapped);
                }
            }
        }
        close(client, server);
        return counts;
    }

    private static ByteBuffer allocate(int bytes, boolean direct) {
        return direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    }

    private Count handshakes() throws SSLException {
        Count count = new Count();
        for (int round = 0; round < ROUNDS; round++) {
            count = new Count();
            for (int i = 0; i < HANDSHAKES; i++) {
                SSLEngine client = engine(clients, true);
                count.begin();
                SSLEngine server = engine(servers, false);
                count.end(0);
                shake(client, server, count);
                count.end(1);
                close(client, server);
            }
        }
        return count;
    }

    /** Counts what the server takes. */
    private static void shake(SSLEngine client, SSLEngine server, Count count) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(2 * LARGEST_RECORD);
        ByteBuffer toClient = ByteBuffer.allocate(2 * LARGEST_RECORD);
        ByteBuffer plain = ByteBuffer.allocate(LARGEST_RECORD);
        client.beginHandshake();
        server.beginHandshake();
        boolean goesOn = true;
        while (goesOn) {
            goesOn = step(client, toClient, toServer, plain);
            count.begin();
            boolean served = step(server, toServer, toClient, plain);
            count.end(0);
            goesOn |= served;
        }
        count.begin();
    }

    private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out, ByteBuffer plain)
            throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            engine.getDelegatedTask().run();
            return true;
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            return engine.wrap(NOTHING, out).bytesProduced() > 0;
        }
        int consumed = engine.unwrap(in.flip(), plain.clear()).bytesConsumed();
        in.compact();
        return consumed > 0;
    }

    /** Engines in native code keep memory until they are closed. */
    private static void close(SSLEngine... engines) throws SSLException {
        ByteBuffer last = ByteBuffer.allocate(2 * LARGEST_RECORD);
        for (SSLEngine each : engines) {
            each.closeOutbound();
            each.wrap(NOTHING, last.clear());
        }
    }
}
