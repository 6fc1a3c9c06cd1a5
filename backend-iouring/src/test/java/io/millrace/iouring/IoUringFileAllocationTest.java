// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads, writes and syncs of a file allocate nothing on the loop's thread, however many. */
class IoUringFileAllocationTest {
    private static final int BLOCK = 512;
    private static final int IN_FLIGHT = 32;
    private static final int OPERATIONS_PER_ROUND = 20_000;

    /** The first ones warm up. */
    private static final int ROUNDS = 8;

    private final ByteBuffer[] buffers = new ByteBuffer[IN_FLIGHT];
    private final FileReadCallback read = this::read;
    private final FileWriteCallback written = this::written;
    private int left;

    @BeforeEach
    void assumeUsable() {
        BackendUnderTest.named("io_uring").assumeUsable();
        for (int i = 0; i < IN_FLIGHT; i++) {
            buffers[i] = ByteBuffer.allocateDirect(BLOCK);
        }
    }

    private void read(AsyncFile file, ByteBuffer buffer, int count) {
        assert count == BLOCK;
        if (--left > 0) {
            file.write(buffer.clear(), position(), written);
        }
    }

    private void written(AsyncFile file, ByteBuffer buffer, @Nullable IoException failure) {
        assert failure == null;
        if (--left > 0) {
            file.readFully(buffer.clear(), position(), read);
        }
    }

    private long position() {
        return (long) (left % IN_FLIGHT) * BLOCK;
    }

    @Test
    void readsAndWritesAllocateNothing(@TempDir Path directory) throws Exception {
        assertTrue(AllocationMeter.isSupported());
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend("io_uring").build())) {
            AsyncFile.open(
                            loop,
                            directory.resolve("file"),
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE)
                    .thenAccept(file -> loop.attach(file));
            loop.run();
            AsyncFile file = (AsyncFile) loop.attachment();
            file.write(ByteBuffer.allocate(IN_FLIGHT * BLOCK), 0, (f, b, failure) -> {});
            loop.run();
            assertEquals(0, leastOfAllRounds(loop, file), "bytes in the best of all rounds");
            loop.closeAll();
        }
    }

    private long leastOfAllRounds(EventLoop loop, AsyncFile file) throws IoException {
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            left = OPERATIONS_PER_ROUND;
            meter.restart();
            for (ByteBuffer buffer : buffers) {
                file.readFully(buffer.clear(), 0, read);
            }
            loop.run();
            least = Math.min(least, meter.allocatedBytes());
        }
        return least;
    }
}
