// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsStream;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * What an echo over TLS 1.3, and a handshake, cost the server's thread: Millrace's stream against
 * Netty's handler, with engines of the same {@code SSLContext} and the same cipher. Both are in one
 * virtual machine and take turns, there and back again, under a load by a thread of its own, so a
 * machine that changes its speed favours nobody. Linux only.
 *
 * <p>Arguments: {@code jdk} or {@code conscrypt}, and how many repetitions.
 */
public final class TlsAgainstNetty {
    private static final String PROTOCOL = "echo";
    private static final int CONNECTIONS = 64;
    private static final int AT_ONCE = 8;
    private static final int FRESH = -1;

    /** Beyond what is made of any port. */
    private static final int FIRST_FRESH = 1 << 24;

    private static final long WINDOW_NANOS = 400_000_000L;
    private static final long WARM_UP_NANOS = 4_000_000_000L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final EventLoop loop;
    private final TlsContext context;
    private long done;
    private boolean stopped;
    private int open;
    private int fresh;

    private TlsAgainstNetty(TlsContext context) throws IOException {
        this.context = context;
        loop = EventLoop.open(LoopOptions.builder().backend("epoll").build());
    }

    /** Prints a line for each load: nanoseconds of CPU time for an operation, and their ratio. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        int repetitions = Integer.parseInt(arguments[1]);
        TlsContext servers =
                context(arguments[0]).selfSigned("localhost").tasksInline(true).build();
        TlsContext clients =
                context("jdk")
                        .trustManager(new Anyone())
                        .tasksInline(true)
                        .sessionCacheSize(1000)
                        .build();
        try (TlsServers.Running ours = new TlsServers.Millrace(servers);
                TlsServers.Running theirs = new TlsServers.Netty(servers, PROTOCOL)) {
            TlsAgainstNetty bench = new TlsAgainstNetty(clients);
            for (int bytes : new int[] {64, 4096, 65536}) {
                compare(
                        CONNECTIONS + " x " + bytes + " B",
                        repetitions,
                        ours,
                        theirs,
                        server -> bench.echo(server, bytes, WINDOW_NANOS),
                        server -> bench.echo(server, bytes, WARM_UP_NANOS));
            }
            for (boolean resumed : new boolean[] {false, true}) {
                compare(
                        resumed ? "resumed handshakes" : "full handshakes",
                        repetitions,
                        ours,
                        theirs,
                        server -> bench.shake(server, resumed, WINDOW_NANOS),
                        server -> bench.shake(server, resumed, WARM_UP_NANOS));
            }
            bench.loop.closeAll();
        }
        System.exit(0);
    }

    private static TlsContext.Builder context(String engine) {
        TlsContext.Builder builder =
                TlsContext.builder().protocols("TLSv1.3").applicationProtocols(PROTOCOL);
        // The client has the JDK's and decides; Conscrypt's finds no certificate without a suite
        // of TLS 1.2.
        return engine.equals("conscrypt")
                ? builder.provider(Conscrypt.newProvider())
                : builder.cipherSuites("TLS_AES_128_GCM_SHA256");
    }

    @SuppressWarnings("SystemOut")
    private static void compare(
            String what,
            int repetitions,
            TlsServers.Running ours,
            TlsServers.Running theirs,
            ToLongFunction<TlsServers.Running> measure,
            Consumer<TlsServers.Running> warmUp) {
        warmUp.accept(ours);
        warmUp.accept(theirs);
        double[] mine = new double[repetitions];
        double[] others = new double[repetitions];
        double[] ratios = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            double first = measure.applyAsLong(ours);
            double second = measure.applyAsLong(theirs);
            double third = measure.applyAsLong(theirs);
            double fourth = measure.applyAsLong(ours);
            mine[i] = (first + fourth) / 2;
            others[i] = (second + third) / 2;
            ratios[i] = mine[i] / others[i];
        }
        Arrays.sort(mine);
        Arrays.sort(others);
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "%-20s millrace %8.0f ns  netty %8.0f ns  ratio %.3f (%.3f to %.3f)%n",
                what,
                mine[repetitions / 2],
                others[repetitions / 2],
                ratios[repetitions / 2],
                ratios[0],
                ratios[repetitions - 1]);
    }

    /** CPU nanoseconds of the server's thread for a message that came and went back. */
    private long echo(TlsServers.Running server, int bytes, long nanos) {
        stopped = false;
        open = 0;
        List<Echo> echoes = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                echoes.add(new Echo(connect(server, 443), bytes));
            }
            while (open < CONNECTIONS) {
                loop.run(RunMode.ONCE);
            }
            done = 0;
            long before = THREADS.getThreadCpuTime(server.thread().getId());
            turn(nanos);
            long spent = THREADS.getThreadCpuTime(server.thread().getId()) - before;
            long each = spent / Math.max(1, done);
            stopped = true;
            echoes.forEach(echo -> echo.stream.close());
            while (!echoes.stream().allMatch(echo -> echo.stream.isClosed())) {
                loop.run(RunMode.ONCE);
            }
            return each;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void turn(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            loop.run(RunMode.ONCE);
        }
    }

    private TlsStream connect(TlsServers.Running server, int port) {
        TcpStream below = TcpStream.open(loop);
        below.connect(server.address());
        return TlsStream.client(below, context, "localhost", port);
    }

    /** The certificate was made for this run. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String exchange) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String exchange) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private final class Echo {
        private final TlsStream stream;
        private final ByteBuffer message;
        private int missing;

        Echo(TlsStream stream, int bytes) {
            this.stream = stream;
            message = ByteBuffer.allocateDirect(bytes);
            stream.read((from, chunk) -> came(chunk.length()));
            stream.handshake().whenComplete((shaken, failure) -> begin(failure));
        }

        private void begin(@Nullable Throwable failure) {
            if (failure != null) {
                throw new IllegalStateException("a handshake has failed", failure);
            }
            open++;
            send();
        }

        private void send() {
            missing = message.capacity();
            stream.write(message.clear());
        }

        private void came(int bytes) {
            missing -= bytes;
            if (missing == 0) {
                done++;
                if (!stopped) {
                    send();
                }
            }
        }
    }

    /** CPU nanoseconds of the server's thread for a connection with a handshake and an echo. */
    private long shake(TlsServers.Running server, boolean resumed, long nanos) {
        stopped = false;
        open = 0;
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                again(server, resumed ? i : FRESH);
            }
            // The first ones make the session that others resume.
            turn(WINDOW_NANOS / 8);
            done = 0;
            long before = THREADS.getThreadCpuTime(server.thread().getId());
            turn(nanos);
            long spent = THREADS.getThreadCpuTime(server.thread().getId()) - before;
            long each = spent / Math.max(1, done);
            stopped = true;
            while (open > 0) {
                loop.run(RunMode.ONCE);
            }
            return each;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /**
     * One of those that follow each other.
     *
     * @param line which, and each one resumes the session of the one before it in its line; or
     *     {@link #FRESH}. Sessions are found by host and port, and each is resumed once.
     */
    private void again(TlsServers.Running server, int line) {
        open++;
        int name =
                line == FRESH ? FIRST_FRESH + fresh++ : server.address().getPort() * AT_ONCE + line;
        TlsStream stream = connect(server, name);
        stream.write(new byte[1], 0, 1);
        stream.read((from, chunk) -> ended(server, line, from, null));
        stream.handshake()
                .whenComplete(
                        (shaken, failure) -> {
                            if (failure != null) {
                                ended(server, line, stream, failure);
                            }
                        });
    }

    private void ended(
            TlsServers.Running server, int line, ByteStream stream, @Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException("a handshake has failed", failure);
        }
        done++;
        open--;
        stream.close();
        if (!stopped) {
            again(server, line);
        }
    }
}
