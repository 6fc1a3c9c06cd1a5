// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.SignalWatch;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.DatagramHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.StreamServer;
import io.millrace.net.TcpServer;
import io.millrace.net.UdpBindOptions;
import io.millrace.net.UdpSocket;
import io.millrace.net.UnixServer;
import io.millrace.spi.LateClasses;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The life of a server program: options, loops, a listening socket, an orderly end.
 *
 * <p>It prints one line when it listens, and serves until it is signalled; then it closes every
 * connection and lets the virtual machine end, whose status is 128 plus the signal's number as
 * always. If it cannot serve it says why in one line and exits with {@link #CANNOT_SERVE}; if it
 * was called wrongly, with {@link #WRONG_OPTIONS}.
 */
final class ServerProgram {
    static final int CANNOT_SERVE = 1;
    static final int WRONG_OPTIONS = 2;

    /** What every server takes. */
    static final String COMMON =
            "[--port N] [--host ADDRESS] [--unix PATH] [--backend NAME,...]"
                    + " [--tls CHAIN KEY] [--tls-self-signed] [--selfsigned HOST]";

    /** What a server takes whose connections know nothing of each other. */
    static final String SCALABLE = COMMON + " [--loops N]";

    /** More threads than any machine has processors help nobody. */
    private static final int MOST_LOOPS = 1024;

    /** Out of reach from elsewhere unless somebody asks for more. */
    private static final String DEFAULT_HOST = "127.0.0.1";

    /** Whom a certificate for trying is for. */
    private static final String[] SELF = {"localhost", DEFAULT_HOST, "::1"};

    /** What ends a program, and how the system numbers it. */
    private static final Map<String, Integer> ENDING = Map.of("TERM", 15, "INT", 2, "HUP", 1);

    /** A server that was killed leaves the file of its socket behind. */
    private static final ServerOptions REPLACING =
            ServerOptions.builder().replaceDeadSocket(true).build();

    private final String name;
    private final String usage;
    private final @Nullable Service service;
    private final LoopServices services;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** What the program is to answer; set when a signal ends it. */
    private volatile int status;

    ServerProgram(String name, String usage, Service service) {
        this(name, usage, service, options -> null);
    }

    /**
     * @param service null for a program that has nothing but {@code services}
     * @param services what is served instead if the options ask for it
     */
    ServerProgram(String name, String usage, @Nullable Service service, LoopServices services) {
        this.name = name;
        this.usage = "usage: millrace " + name + " " + usage;
        this.service = service;
        this.services = services;
    }

    /** What is served. */
    interface Service {
        /** Called once, when the options are known and nothing listens yet. */
        ConnectionHandler<? super ByteStream> open(Options options) throws UsageException;
    }

    /** What brings its own sockets, on each loop at the same port. */
    interface LoopService {
        /**
         * Serves on one loop from now on; on its thread.
         *
         * @param shared whether other loops do so at the same address
         * @return where it does so, with the port that the system chose
         */
        InetSocketAddress open(EventLoop loop, InetSocketAddress address, boolean shared)
                throws IOException;

        /** When it serves indeed, or why it cannot: an {@link IOException}. */
        default CompletionStage<Void> ready() {
            return CompletableFuture.completedFuture(null);
        }

        /** Takes nothing new, and ends when all is answered; on the loop's thread. */
        default CompletionStage<Void> finish(EventLoop loop) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Makes the service that the options ask for. */
    interface LoopServices {
        /** Null if it is not asked for. */
        @Nullable LoopService open(Options options) throws UsageException;
    }

    /** The program itself: exits when it was stopped, or cannot serve. */
    void launch(String... arguments) {
        int status = run(System.out, System.err, arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Answers the exit status. */
    int run(PrintStream output, PrintStream errors, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            output.println(usage);
            return 0;
        }
        try {
            return run(Options.parse(usage, arguments), output, errors);
        } catch (UsageException wrong) {
            errors.println(name + ": " + wrong.getMessage());
            errors.println(usage);
            return WRONG_OPTIONS;
        }
    }

    private int run(Options options, PrintStream output, PrintStream errors) throws UsageException {
        SocketAddress address = addressOf(options);
        int loops = options.number("loops", 1, MOST_LOOPS, 1);
        List<String> backends = options.list("backend");
        LoopOptions loopOptions =
                LoopOptions.builder().backend(backends.toArray(String[]::new)).build();
        LoopService own = services.open(options);
        Service streams = service;
        try {
            LateClasses.loadAllBeside(ServerProgram.class);
            if (own != null) {
                if (!(address instanceof InetSocketAddress inet)) {
                    throw new UsageException("--udp goes with --port, and not with --unix");
                }
                if (speaksTls(options)) {
                    throw new UsageException("--udp is served in the clear: leave out TLS");
                }
                serveOnEach(loops, loopOptions, inet, own, output);
            } else if (streams != null) {
                var handler = streams.open(options);
                serve(loops, loopOptions, new Listening(address, tls(options), handler), output);
            }
            return status;
        } catch (IOException failure) {
            errors.println(name + ": " + failure.getMessage());
            return areKnown(backends) ? CANNOT_SERVE : WRONG_OPTIONS;
        }
    }

    private void serve(int loops, LoopOptions options, Listening listening, PrintStream output)
            throws IOException {
        if (loops == 1) {
            serveOnOneLoop(options, listening, output);
        } else {
            serveOnGroup(loops, options, listening, output);
        }
    }

    /** With what to serve in TLS, if that is asked for: files in PEM, or nobody to vouch. */
    private static @Nullable TlsContext tls(Options options) throws IOException, UsageException {
        if (!speaksTls(options)) {
            return null;
        }
        TlsContext.Builder context = TlsContext.builder();
        if (options.has("tls")) {
            List<String> files = options.pair("tls");
            context.identity(Path.of(files.get(0)), Path.of(files.get(1)));
        }
        if (options.has("tls-self-signed")) {
            context.selfSigned(SELF);
        }
        if (options.has("selfsigned")) {
            context.selfSigned(options.text("selfsigned"));
        }
        return context.build();
    }

    private static boolean speaksTls(Options options) {
        return options.has("tls") || options.has("tls-self-signed") || options.has("selfsigned");
    }

    /** Where to listen, whether in TLS, and what for. */
    private record Listening(
            SocketAddress address,
            @Nullable TlsContext tls,
            ConnectionHandler<? super ByteStream> handler) {
        private boolean isUnix() {
            return address instanceof UnixDomainSocketAddress;
        }

        private ServerOptions options() {
            return isUnix() ? REPLACING : ServerOptions.DEFAULT;
        }

        SocketAddress on(EventLoop loop) throws IOException {
            if (tls != null) {
                int most = TlsServer.DEFAULT_HANDSHAKES;
                return TlsServer.listen(loop, address, options(), tls, most, handler)
                        .localAddress();
            }
            StreamServer server =
                    isUnix()
                            ? UnixServer.listen(loop, address, options(), handler)
                            : TcpServer.listen(loop, address, options(), handler);
            return server.localAddress();
        }

        SocketAddress on(EventLoopGroup group) throws IOException {
            if (tls != null) {
                int most = TlsServer.DEFAULT_HANDSHAKES;
                return TlsServer.listen(group, address, options(), tls, most, handler)
                        .get(0)
                        .localAddress();
            }
            StreamServer server =
                    isUnix()
                            ? UnixServer.listen(group, address, options(), handler).get(0)
                            : TcpServer.listen(group, address, options(), handler).get(0);
            return server.localAddress();
        }
    }

    private void serveOnOneLoop(LoopOptions options, Listening listening, PrintStream output)
            throws IOException {
        EventLoop loop = EventLoop.open(options);
        try {
            SocketAddress where = listening.on(loop);
            onTermination(loop, loop::stop);
            LoopDump.onSignal(List.of(loop), System.err);
            announce(where, loop, 1, output);
            loop.run();
        } finally {
            loop.closeAll();
        }
    }

    private void serveOnGroup(
            int loops, LoopOptions options, Listening listening, PrintStream output)
            throws IOException {
        if (listening.address() instanceof InetSocketAddress inet) {
            ensureUnshared(inet);
        }
        try (EventLoopGroup group = EventLoopGroup.open(loops, options)) {
            SocketAddress where = listening.on(group);
            endOnSignals(group);
            LoopDump.onSignal(group.loops(), System.err);
            announce(where, group.loops().get(0), loops, output);
            stopped.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** On sockets for each loop, between which the kernel balances. */
    private void serveOnEach(
            int loops,
            LoopOptions options,
            InetSocketAddress address,
            LoopService own,
            PrintStream output)
            throws IOException {
        if (loops > 1) {
            ensureNoDatagrams(address);
        }
        try (EventLoopGroup group = EventLoopGroup.open(loops, options)) {
            List<InetSocketAddress> bound = openOnEach(group, address, own);
            awaitReady(own);
            endOnSignals(group);
            LoopDump.onSignal(group.loops(), System.err);
            announce(bound.get(0), group.loops().get(0), bound.size(), output);
            stopped.await();
            finish(group, own);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** On one alone where sockets cannot share a port. */
    private static List<InetSocketAddress> openOnEach(
            EventLoopGroup group, InetSocketAddress address, LoopService own)
            throws IOException, InterruptedException {
        List<InetSocketAddress> bound = new ArrayList<>();
        for (EventLoop loop : group.loops()) {
            InetSocketAddress wanted = bound.isEmpty() ? address : bound.get(0);
            try {
                bound.add(onLoop(loop, () -> own.open(loop, wanted, group.size() > 1)));
            } catch (IoException failure) {
                if (failure.errorCode() != ErrorCode.EOPNOTSUPP || !bound.isEmpty()) {
                    throw failure;
                }
                return List.of(onLoop(loop, () -> own.open(loop, wanted, false)));
            }
        }
        return bound;
    }

    private static void awaitReady(LoopService own) throws IOException, InterruptedException {
        try {
            own.ready().toCompletableFuture().get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    private static void finish(EventLoopGroup group, LoopService own)
            throws IOException, InterruptedException {
        List<CompletionStage<Void>> ends = new ArrayList<>();
        for (EventLoop loop : group.loops()) {
            ends.add(onLoop(loop, () -> own.finish(loop)));
        }
        for (CompletionStage<Void> each : ends) {
            each.toCompletableFuture().join();
        }
    }

    /** Datagrams alone. */
    static LoopService datagrams(DatagramHandler handler) {
        return (loop, address, shared) -> {
            UdpBindOptions options = UdpBindOptions.builder().reusePort(shared).build();
            UdpSocket socket = UdpSocket.bind(loop, address, options);
            socket.receive(handler);
            return socket.localAddress();
        };
    }

    private static <T> T onLoop(EventLoop loop, Callable<T> task)
            throws IOException, InterruptedException {
        FutureTask<T> outcome = new FutureTask<>(task);
        loop.execute(outcome);
        try {
            return outcome.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    private void announce(SocketAddress where, EventLoop loop, int loops, PrintStream output) {
        output.printf(
                Locale.ROOT,
                "%s: listening on %s, backend %s, %d %s%n",
                name,
                textOf(where),
                loop.backend().name(),
                loops,
                loops == 1 ? "loop" : "loops");
        output.flush();
    }

    private static String textOf(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? hostOf(inet) + ":" + inet.getPort()
                : address.toString();
    }

    /** Where to listen: at a path, or at a port. */
    private static SocketAddress addressOf(Options options) throws UsageException {
        if (!options.has("unix")) {
            String host = options.text("host", DEFAULT_HOST);
            return Options.address("host", host, options.port("port"));
        }
        if (options.has("port") || options.has("host")) {
            throw new UsageException("--unix goes without --port and --host");
        }
        try {
            return UnixDomainSocketAddress.of(options.text("unix"));
        } catch (InvalidPathException bad) {
            throw new UsageException("--unix is no path: " + bad.getMessage());
        }
    }

    private static String hostOf(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /**
     * Has signals end the program in order, once: another one ends the process at once. On the
     * loop's thread. The status is the one by which shells know what has ended a program.
     */
    private void onTermination(EventLoop loop, Runnable stop) {
        List<SignalWatch> watches = new ArrayList<>();
        ENDING.forEach(
                (signal, number) -> {
                    SignalWatch watch = SignalWatch.open(loop, signal);
                    watches.add(watch);
                    watch.unref();
                    watch.start(
                            same -> {
                                watches.forEach(SignalWatch::close);
                                status = 128 + number;
                                stop.run();
                            });
                });
    }

    private void endOnSignals(EventLoopGroup group) throws IOException, InterruptedException {
        EventLoop first = group.loops().get(0);
        onLoop(
                first,
                () -> {
                    onTermination(first, stopped::countDown);
                    return first;
                });
    }

    /**
     * Listeners that share a port do so with every program of the same user, so that a second
     * server started by accident would quietly take half of the connections.
     */
    static void ensureUnshared(InetSocketAddress address) throws IOException {
        try (Socket probe = new Socket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (BindException taken) {
            throw new IOException("listen " + address + ": " + taken.getMessage(), taken);
        }
    }

    /** The same of sockets for datagrams. */
    private static void ensureNoDatagrams(InetSocketAddress address) throws IOException {
        try (DatagramSocket probe = new DatagramSocket(null)) {
            probe.bind(address);
        } catch (BindException taken) {
            throw new IOException("bind " + address + ": " + taken.getMessage(), taken);
        }
    }

    /** Whether a backend was asked for that may exist, but cannot serve here. */
    private static boolean areKnown(List<String> names) {
        List<String> known = Backends.report().backends().stream().map(BackendInfo::name).toList();
        return names.stream().allMatch(name -> name.equals("auto") || known.contains(name));
    }
}
