// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenSpec;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Assertions;

/** One driver, without a loop: opens it under a referee, polls it, and cleans up. */
final class DriverRig implements AutoCloseable {
    /** Never a measure of speed: so much that only a hang takes longer. */
    private static final long DEADLINE_NANOS = 20_000_000_000L;

    private static final long POLL_NANOS = 50_000_000;

    private static final int CHUNK_COUNT = 64;
    private static final int CHUNK_BYTES = 4096;

    private final Referee referee = new Referee();
    private final LongSupplier clock;
    private final ScriptedContext context;
    private final Driver driver;
    private final List<ScriptedStream> streams = new ArrayList<>();
    private final List<ScriptedListener> listeners = new ArrayList<>();

    DriverRig(BackendUnderTest backend) throws IoException {
        this(backend, CHUNK_COUNT, CHUNK_BYTES);
    }

    DriverRig(BackendUnderTest backend, int chunkCount, int chunkBytes) throws IoException {
        clock = backend.clock();
        context = new ScriptedContext(clock);
        DriverConfig config = new DriverConfig(chunkCount, chunkBytes, Map.of());
        driver = referee.watch(backend.provider()).open(config, context);
    }

    Driver driver() {
        return driver;
    }

    ScriptedContext context() {
        return context;
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    ScriptedListener listen() throws IoException {
        return listen(loopback(0));
    }

    ScriptedListener listen(InetSocketAddress address) throws IoException {
        ScriptedListener listener = new ScriptedListener();
        ListenSpec spec = new ListenSpec(address, 128, true, false, 0);
        listeners.add(listener.on(driver.streams().listen(spec, listener)));
        return listener;
    }

    ScriptedStream stream() throws IoException {
        ScriptedStream stream = new ScriptedStream();
        streams.add(stream.on(driver.streams().stream(StandardProtocolFamily.INET, stream)));
        return stream;
    }

    ScriptedStream adopt(ScriptedListener from) throws IoException {
        return adopt(from.take());
    }

    ScriptedStream adopt(Accepted connection) throws IoException {
        ScriptedStream stream = new ScriptedStream();
        streams.add(stream.on(driver.streams().adopt(connection, stream)));
        return stream;
    }

    /** Both ends of a new connection. */
    Connection connection() throws IoException {
        ScriptedListener listener = listen();
        listener.port().startAccept();
        ScriptedStream client = stream();
        int code = client.port().connect(listener.address());
        pollUntil(
                "connection",
                () -> listener.waiting() > 0 && (code == 0 || client.heard("connected 0")));
        ScriptedStream server = adopt(listener);
        listener.port().close();
        pollUntil("listener closed", () -> listener.heard("closed"));
        return new Connection(client, server);
    }

    /** Two ends. */
    record Connection(ScriptedStream client, ScriptedStream server) {}

    void pollUntil(String what, BooleanSupplier condition) throws IoException {
        long start = nanoTime();
        while (!condition.getAsBoolean()) {
            driver.poll(POLL_NANOS);
            if (nanoTime() - start > DEADLINE_NANOS) {
                Assertions.fail("never: " + what + "; streams " + logs());
            }
        }
    }

    /** Sends everything that the stream offers. */
    void sendAll(ScriptedStream stream) throws IoException {
        while (stream.unsent() > 0) {
            int result = stream.send();
            Assertions.assertTrue(
                    result > 0 || result == Code.PENDING, () -> "send answered " + result);
            pollUntil("sent", () -> !stream.isSending());
        }
    }

    /** Closes what is open, and fails if anything is left over. */
    @Override
    public void close() throws IoException {
        streams.forEach(stream -> stream.reaction(line -> {}));
        streams.forEach(ScriptedStream::releaseKept);
        streams.forEach(stream -> stream.port().close());
        listeners.forEach(listener -> listener.port().close());
        pollUntil(
                "everything closed",
                () ->
                        streams.stream().allMatch(stream -> stream.heard("closed"))
                                && listeners.stream().allMatch(each -> each.heard("closed")));
        streams.forEach(ScriptedStream::releaseKept);
        while (listeners.stream().anyMatch(each -> each.waiting() > 0)) {
            listeners.stream().filter(each -> each.waiting() > 0).forEach(l -> l.take().close());
        }
        driver.close();
        referee.assertSettled();
    }

    private List<List<String>> logs() {
        return streams.stream().map(ScriptedStream::log).toList();
    }
}
