// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.Lookup;
import io.millrace.testkit.load.MessageServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A loop on each backend that can run here, and name servers of the test's. */
@ParameterizedClass
@MethodSource("backends")
abstract class LoopTest {
    private static final Duration HANG = Duration.ofSeconds(60);

    @Parameter private String backend;

    private final List<MessageServer> servers = new ArrayList<>();
    private final List<Throwable> uncaught = new ArrayList<>();
    private EventLoop loop;

    static List<String> backends() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name)
                .toList();
    }

    @BeforeEach
    void openLoop() throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .backend(backend)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
    }

    @AfterEach
    void closeLoop() throws IOException {
        if (!loop.isClosed()) {
            loop.closeAll();
        }
        for (MessageServer each : servers) {
            each.close();
            assertEquals(List.of(), List.copyOf(each.failures()));
        }
        assertEquals(List.of(), uncaught);
    }

    final EventLoop loop() {
        return loop;
    }

    final InetSocketAddress serve(Consumer<MessageServer.Request> handler) throws IOException {
        MessageServer server = new MessageServer(handler);
        servers.add(server);
        return server.address();
    }

    /** Runs the loop until it has something to say; more than a hang's time is a failure. */
    final void until(BooleanSupplier condition) throws IOException {
        boolean[] late = new boolean[1];
        Timer timer = Timer.open(loop);
        timer.start(HANG, () -> late[0] = true);
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.ONCE);
            assertTrue(!late[0], "it hangs");
        }
        timer.close();
        loop.run(RunMode.NOWAIT);
    }

    /** What a look-up ends with, when nothing is left of it. */
    final <T> T answerOf(Lookup<T> lookup) throws IOException {
        CompletableFuture<T> result = lookup.result().toCompletableFuture();
        until(result::isDone);
        assertNothingLeft();
        return result.join();
    }

    final IoException failureOf(Lookup<?> lookup) throws IOException {
        try {
            throw new AssertionError("it has succeeded: " + answerOf(lookup));
        } catch (CompletionException failure) {
            return (IoException) Objects.requireNonNull(failure.getCause());
        }
    }

    final void assertNothingLeft() throws IOException {
        until(() -> handles().isEmpty());
    }

    private List<Handle> handles() {
        List<Handle> open = new ArrayList<>();
        loop.walk(
                handle -> {
                    if (!handle.isClosing()) {
                        open.add(handle);
                    }
                });
        open.removeIf(handle -> handle instanceof Timer timer && isWatchdog(timer));
        return open;
    }

    private static boolean isWatchdog(Timer timer) {
        Duration due = timer.dueIn();
        return due != null && due.compareTo(HANG.dividedBy(2)) > 0;
    }

    /** A socket whose port refuses everybody, and is nobody else's meanwhile. */
    static DatagramSocket refusing() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        DatagramSocket socket = new DatagramSocket(0, loopback);
        socket.connect(new InetSocketAddress(loopback, socket.getLocalPort()));
        return socket;
    }

    static InetSocketAddress addressOf(DatagramSocket socket) {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }
}
