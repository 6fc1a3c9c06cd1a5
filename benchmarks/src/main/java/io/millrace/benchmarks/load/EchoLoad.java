// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Echo: each connection has a number of messages under way, and sends the next when one has come
 * back whole. An operation is a message that came back.
 */
public final class EchoLoad extends Load {
    /** More than any message; a larger one would not stay in the processor's cache. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** Beyond it the load has long given up waiting. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final int SIGNIFICANT_DIGITS = 3;

    private final EchoConnection[] connections;
    private final Histogram latencies = new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
    final Payload payload = new Payload();
    final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long windowNanos = System.nanoTime();
    private long underWay;
    private int openConnections;
    private boolean finishing;

    /** Connects, and sends the first messages. */
    public EchoLoad(RunningServer server, int connections, int messageBytes, int inFlight)
            throws IOException {
        super(server);
        if ((long) messageBytes * inFlight > Payload.LONGEST) {
            throw new IllegalArgumentException(
                    "more than " + Payload.LONGEST + " B in flight on a connection");
        }
        this.connections = new EchoConnection[connections];
        try {
            for (int i = 0; i < connections; i++) {
                this.connections[i] = new EchoConnection(this, i, messageBytes, inFlight);
            }
            for (EchoConnection connection : this.connections) {
                connection.send(inFlight, System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        openConnections = connections;
    }

    /** From sending a message to its last byte's return, in nanoseconds. */
    public Histogram latencies() {
        return latencies;
    }

    /** Also checks that nothing comes that was not asked for, and that the server closes after. */
    @Override
    public void finish() throws IOException {
        finishing = true;
        drain(() -> underWay);
        for (EchoConnection connection : connections) {
            connection.endSending();
        }
        drain(() -> openConnections);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        ((EchoConnection) key.attachment()).ready();
    }

    boolean isFinishing() {
        return finishing;
    }

    void sent(int messages) {
        underWay += messages;
    }

    void answered(int messages) {
        underWay -= messages;
        count(messages);
    }

    /** The latency of what is under way now does not count: nobody may have waited for it. */
    public void beginWindow() {
        windowNanos = System.nanoTime();
    }

    void recordLatency(long sentNanos, long nowNanos) {
        if (sentNanos - windowNanos >= 0) {
            latencies.recordValue(Math.min(nowNanos - sentNanos, LONGEST_NANOS));
        }
    }

    void ended() {
        openConnections--;
    }
}
