// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Requests and their answers: each connection has a number of requests under way, and sends the
 * next when one is answered. An operation is a request that was answered, every byte of it as
 * expected.
 */
public abstract class RequestLoad extends Load {
    /** More than any message; a larger one would not stay in the processor's cache. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** Beyond it the load has long given up waiting. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final int SIGNIFICANT_DIGITS = 3;

    private final RequestConnection[] connections;
    private final Histogram latencies = new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
    final Payload payload = new Payload();
    final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long windowNanos = System.nanoTime();
    private long underWay;
    private int openConnections;
    private boolean finishing;

    /** Opens one of the connections of a load. */
    interface Opening {
        RequestConnection open(RequestLoad load, int number) throws IOException;
    }

    /** Connects, and sends the first requests. */
    RequestLoad(RunningServer server, int connections, int inFlight, Opening opening)
            throws IOException {
        super(server);
        this.connections = new RequestConnection[connections];
        try {
            for (int i = 0; i < connections; i++) {
                this.connections[i] = opening.open(this, i);
            }
            for (RequestConnection connection : this.connections) {
                connection.send(inFlight, System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        openConnections = connections;
    }

    /** From sending a request to the last byte of its answer, in nanoseconds. */
    public final Histogram latencies() {
        return latencies;
    }

    /** Also checks that nothing comes that was not asked for, and that the server closes after. */
    @Override
    public final void finish() throws IOException {
        finishing = true;
        drain(() -> underWay);
        for (RequestConnection connection : connections) {
            connection.endSending();
        }
        drain(() -> openConnections);
    }

    /** The latency of what is under way now does not count: nobody may have waited for it. */
    public final void beginWindow() {
        windowNanos = System.nanoTime();
    }

    @Override
    final void ready(SelectionKey key) throws IOException {
        ((RequestConnection) key.attachment()).ready();
    }

    final boolean isFinishing() {
        return finishing;
    }

    final void sent(int requests) {
        underWay += requests;
    }

    final void answered(int requests) {
        underWay -= requests;
        count(requests);
    }

    final void recordLatency(long sentNanos, long nowNanos) {
        if (sentNanos - windowNanos >= 0) {
            latencies.recordValue(Math.min(nowNanos - sentNanos, LONGEST_NANOS));
        }
    }

    final void ended() {
        openConnections--;
    }
}
