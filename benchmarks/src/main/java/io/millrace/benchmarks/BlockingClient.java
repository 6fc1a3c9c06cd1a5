// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * A client that owes nothing to the library: blocking, one message at a time. Every message is
 * numbered and every byte that comes back is compared. Confined to one thread.
 */
final class BlockingClient implements AutoCloseable {
    private static final int MESSAGE_BYTES = 64;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final SocketChannel channel;
    private final ByteBuffer request = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    private final ByteBuffer response = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    private long number;

    BlockingClient(SocketAddress server) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** As many round trips as fit into the time, by their nanoseconds. */
    Histogram roundTrips(Duration time) throws IOException {
        Histogram nanos = new Histogram(SIGNIFICANT_DIGITS);
        long begin = System.nanoTime();
        long before = begin;
        while (before - begin < time.toNanos()) {
            roundTrip();
            long after = System.nanoTime();
            nanos.recordValue(after - before);
            before = after;
        }
        return nanos;
    }

    private void roundTrip() throws IOException {
        number++;
        for (int i = 0; i < MESSAGE_BYTES; i += Long.BYTES) {
            request.putLong(i, number + i);
        }
        request.clear();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        response.clear();
        while (response.hasRemaining()) {
            if (channel.read(response) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
        if (!response.flip().equals(request.flip())) {
            throw new IOException("message " + number + " came back changed");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
