// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.GreedyBackend;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Measures how much of anything happens between two looks at what else there is, with peers that
 * never make anybody wait. A share that is exceeded by what began within it is exceeded by one
 * piece at most.
 */
@Timeout(60)
abstract class TurnSharesFixture {
    static final Path FILE = Path.of("file");
    static final SocketAddress ANYWHERE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    final GreedyBackend backend = new GreedyBackend();
    EventLoop loop;
    private long largest;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(LoopOptions.builder().provider(backend).build());
    }

    @AfterEach
    void close() throws IOException {
        backend.chunksLeft = 0;
        backend.connectionsLeft = 0;
        loop.closeAll();
    }

    TcpStream connect() throws IOException {
        List<TcpStream> connected = new ArrayList<>();
        TcpStream stream = TcpStream.open(loop);
        stream.watermarks(0, 0, Long.MAX_VALUE / 2);
        stream.connect(ANYWHERE).thenAccept(connected::add);
        while (connected.isEmpty()) {
            loop.run(RunMode.NOWAIT);
        }
        return stream;
    }

    /** Turns the loop until the end, and measures by how much the count grows between two polls. */
    void run(LongSupplier count, BooleanSupplier end) throws IOException {
        largest = 0;
        long[] before = {count.getAsLong()};
        backend.onPoll =
                () -> {
                    long now = count.getAsLong();
                    largest = Math.max(largest, now - before[0]);
                    before[0] = now;
                };
        while (!end.getAsBoolean()) {
            loop.run(RunMode.ONCE);
        }
        backend.onPoll.run();
    }

    GreedyBackend.GreedyStream port(int index) {
        return backend.streams.get(index);
    }

    long sent() {
        return backend.streams.stream().mapToLong(stream -> stream.bytesSent).sum();
    }

    void assertLargest(long least, long most) {
        assertTrue(largest >= least && largest <= most, "between two polls: " + largest);
    }
}
