// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.GreedyBackend;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A reader that pauses until its writes are sent, and whose connection is lost meanwhile. A driver
 * to which stopping is dear goes on receiving, so the loss is known before the pause is over.
 */
class LossWhilePausedTest {
    private final GreedyBackend backend = new GreedyBackend();
    private final List<String> lines = new ArrayList<>();
    private final EventLoop loop;
    private final TcpStream stream;

    LossWhilePausedTest() throws IOException {
        backend.sendsArePending = true;
        loop = EventLoop.open(LoopOptions.builder().provider(backend).build());
        stream = TcpStream.open(loop);
        stream.watermarks(0, 1, 1 << 20);
        stream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        loop.run(RunMode.NOWAIT);
        stream.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream reading, Chunk chunk) {}

                    @Override
                    public void onFailure(ByteStream reading, IoException failure) {
                        lines.add(failure.errorName());
                    }
                });
        loop.run(RunMode.NOWAIT);
    }

    private void turns() throws IOException {
        for (int i = 0; i < 5; i++) {
            loop.run(RunMode.NOWAIT);
        }
    }

    @Test
    void aWriterThatWaitsIsToldToGoOnAndMeetsTheLoss() throws IOException {
        stream.onWritable(
                () -> {
                    lines.add("writable");
                    stream.resumeReading();
                });
        assertFalse(stream.write(ByteBuffer.allocate(100)));
        stream.pauseReading();
        backend.streams.get(0).lose();
        turns();
        assertEquals(List.of("writable", "ECONNRESET"), lines);
    }

    @Test
    void whatItWritesThenFails() throws IOException {
        stream.onWriteFailure((same, failure) -> lines.add("write " + failure.errorName()));
        stream.onWritable(() -> assertTrue(stream.write(ByteBuffer.allocate(1))));
        stream.write(ByteBuffer.allocate(100));
        stream.pauseReading();
        backend.streams.get(0).lose();
        turns();
        assertEquals(List.of("write ECONNRESET"), lines);
    }

    @Test
    void oneThatHasEndedItsWritingIsNot() throws IOException {
        stream.onWritable(() -> lines.add("writable"));
        stream.write(ByteBuffer.allocate(100));
        stream.shutdown();
        stream.pauseReading();
        backend.streams.get(0).lose();
        turns();
        assertEquals(List.of(), lines);
    }
}
