// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A reactor driver whose kernel is the test. What the poller, the sockets and the sinks are called
 * with goes into one {@link #log}, in order; the test scripts the answers beforehand.
 */
final class Reactor implements LoopContext {
    static final int CHUNK_BYTES = 100;
    static final int CHUNKS = 8;

    final List<String> log = new ArrayList<>();
    final ScriptedPoller poller;
    final ScriptedSockets sockets = new ScriptedSockets(log);
    final ChunkPool chunks;
    final ReactorDriver driver;
    boolean polling;
    Runnable beforeChunk = () -> {};
    int chunksReturned;
    int memoryRefused;
    int systemCalls;
    long time;

    /** What failed inside of ports, if that is expected. */
    List<Throwable> failures;

    Reactor(boolean edgeTriggered) {
        this(edgeTriggered, CHUNKS, CHUNK_BYTES);
    }

    Reactor(boolean edgeTriggered, int chunkCount, int chunkBytes) {
        poller = new ScriptedPoller(edgeTriggered, this);
        chunks =
                new ChunkPool(
                        new DriverConfig(chunkCount, chunkBytes, Map.of()),
                        each -> addressOf(),
                        this);
        driver = new ReactorDriver(poller, sockets, chunks, this);
    }

    private long addressOf() {
        beforeChunk.run();
        return 0;
    }

    static Reactor level() {
        return new Reactor(false);
    }

    static Reactor edge() {
        return new Reactor(true);
    }

    /** A connected stream that was not used yet. */
    RecordingSink stream(String name) {
        return new RecordingSink(this, name);
    }

    /**
     * A stream whose poller was told its interest in reading, with everything up to there
     * forgotten.
     */
    RecordingSink receivingStream(String name) {
        RecordingSink stream = stream(name);
        stream.port.startReceive();
        poll();
        log.clear();
        return stream;
    }

    /** A stream with a pending send, with everything up to there forgotten. */
    RecordingSink blockedStream(String name) {
        RecordingSink stream = stream(name);
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(10);
        poll();
        log.clear();
        return stream;
    }

    int poll() {
        return poll(-1);
    }

    int poll(long timeoutNanos) {
        polling = true;
        try {
            return driver.poll(timeoutNanos);
        } catch (IoException e) {
            throw new AssertionError(e);
        } finally {
            polling = false;
        }
    }

    /** Compares what happened since the last time with what should have, one entry a line. */
    void expect(String... entries) {
        assertEquals(String.join("\n", entries), String.join("\n", log));
        log.clear();
    }

    @Override
    public long nanoTime() {
        return time;
    }

    @Override
    public void waitBegins() {}

    @Override
    public void waitEnded(int events) {}

    @Override
    public void countSystemCalls(int calls) {
        systemCalls += calls;
    }

    @Override
    public void failed(Throwable failure) {
        if (failures == null) {
            throw new AssertionError(failure);
        }
        failures.add(failure);
    }

    @Override
    public void memoryRefused() {
        memoryRefused++;
    }

    @Override
    public void chunksReturned() {
        chunksReturned++;
    }
}
