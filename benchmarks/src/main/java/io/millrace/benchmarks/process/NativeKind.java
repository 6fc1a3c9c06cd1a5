// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server in C, as a subject of the benchmarks of JMH: a process of its own beside the load. It
 * can only echo.
 */
public final class NativeKind implements ServerKind {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final NativeServer server;

    private NativeKind(NativeServer server) {
        this.server = server;
    }

    /** All there are. */
    public static List<ServerKind> all() {
        List<ServerKind> kinds = new ArrayList<>();
        for (NativeServer server : NativeServer.values()) {
            kinds.add(new NativeKind(server));
        }
        return kinds;
    }

    @Override
    public String name() {
        return server.label();
    }

    @Override
    public String description() {
        return server.description();
    }

    /** Compiles it to find out. */
    @Override
    public @Nullable String refusal() {
        try {
            return build().refusal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        if (service != Service.ECHO) {
            throw new IllegalArgumentException(name() + " can only echo");
        }
        Path logs = Files.createTempDirectory("millrace-native");
        ServerProcess process =
                ServerProcess.start(build(), new Pinning(List.of(), "as the other subjects"), logs);
        try {
            process.awaitListening(START_LIMIT);
        } catch (IOException e) {
            process.close();
            throw e;
        }
        return new Running(process, logs);
    }

    private Candidate build() throws IOException {
        return server.build(Layout.nativeSources(), Layout.nativePrograms());
    }

    private record Running(ServerProcess process, Path logs) implements RunningServer {
        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), process.port());
        }

        @Override
        public List<Long> processes() {
            return process.processes();
        }

        @Override
        public void check() throws IOException {
            process.requireAlive("under load", 0);
        }

        @Override
        public void close() throws IOException {
            process.close();
            Files.deleteIfExists(logs.resolve(process.name() + ".log"));
            Files.deleteIfExists(logs);
        }
    }
}
