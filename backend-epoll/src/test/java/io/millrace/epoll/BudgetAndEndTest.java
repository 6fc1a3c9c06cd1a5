// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What edge-triggered loops are known to lose, tried on both triggers: far more pending reads than
 * one poll allows, a FIN right behind the last byte, and pauses at any moment in between.
 */
@Timeout(120)
class BudgetAndEndTest {
    /** Makes 100 KiB into 1,600 reads; a poll does four for each stream. */
    private static final int CHUNK_BYTES = 64;

    private static final int MESSAGE_BYTES = 100 << 10;

    @ParameterizedTest
    @CsvSource({"epoll,1", "epoll,2", "epoll-et,1", "epoll-et,2", "epoll-et,3", "epoll-et,4"})
    void nothingIsLostAndTheEndIsHeardOnce(String backend, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] message = new byte[MESSAGE_BYTES];
        random.nextBytes(message);
        LoopOptions options =
                LoopOptions.builder().backend(backend).chunks(16, CHUNK_BYTES).build();
        try (EventLoop loop = EventLoop.open(options)) {
            Collector collector = new Collector(random);
            TcpServer server =
                    TcpServer.listen(
                            loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            collector::serve);
            TcpStream.connect(loop, server.localAddress())
                    .thenAccept(
                            client -> {
                                client.write(message, 0, message.length);
                                client.closeWhenWritten();
                            });
            while (collector.ends == 0) {
                loop.run(RunMode.NOWAIT);
                collector.perhapsPauseOrResume();
            }
            assertArrayEquals(message, collector.bytes.toByteArray());
            for (int i = 0; i < 10; i++) {
                loop.run(RunMode.NOWAIT);
            }
            assertEquals(1, collector.ends);
            loop.closeAll();
        }
    }

    /** Reads everything, with pauses from inside the callback and from outside. */
    private static final class Collector implements ReadHandler {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int ends;
        private final Random random;
        private TcpStream stream;
        private boolean paused;

        Collector(Random random) {
            this.random = random;
        }

        void serve(TcpStream connection) {
            stream = connection;
            connection.read(this);
        }

        @Override
        public void onRead(ByteStream from, Chunk chunk) {
            byte[] copy = new byte[chunk.length()];
            chunk.copyTo(0, copy, 0, copy.length);
            bytes.writeBytes(copy);
            if (random.nextInt(50) == 0) {
                pause();
            }
        }

        @Override
        public void onEnd(ByteStream from) {
            ends++;
        }

        void perhapsPauseOrResume() {
            if (stream == null || random.nextInt(3) > 0) {
                return;
            }
            if (paused) {
                paused = false;
                stream.resumeReading();
            } else if (random.nextInt(4) == 0) {
                pause();
            }
        }

        private void pause() {
            paused = true;
            stream.pauseReading();
        }
    }
}
