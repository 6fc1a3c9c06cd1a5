// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads, writes and syncs of a file cost the loop's thread, with many in flight. */
public abstract class FileLimitsContract extends ContractTest {
    private static final int BLOCK = 512;
    private static final int IN_FLIGHT = 32;
    private static final int OPERATIONS_PER_ROUND = 2_000;

    /** The first ones warm up; then one round without allocation is the proof. */
    private static final int ROUNDS = 60;

    private final FileReadCallback read = this::read;
    private final FileWriteCallback written = this::written;
    private final FileSyncCallback synced = this::synced;
    private int begun;
    private int inFlight;
    private @Nullable IoException failure;

    @Override
    boolean isRefereed() {
        return false;
    }

    private void read(AsyncFile file, ByteBuffer buffer, int count) {
        next(file, buffer, count < 0);
    }

    private void written(AsyncFile file, ByteBuffer buffer, @Nullable IoException reason) {
        failure = reason == null ? failure : reason;
        next(file, buffer, false);
    }

    private void synced(AsyncFile file, @Nullable IoException reason) {
        failure = reason == null ? failure : reason;
        inFlight--;
    }

    private void next(AsyncFile file, ByteBuffer buffer, boolean isOver) {
        inFlight--;
        if (begun < OPERATIONS_PER_ROUND && !isOver) {
            begin(file, buffer);
        }
    }

    private void begin(AsyncFile file, ByteBuffer buffer) {
        begun++;
        inFlight++;
        long position = (long) (begun % IN_FLIGHT) * BLOCK;
        buffer.clear();
        if (begun % 2 == 0) {
            file.readFully(buffer, position, read);
        } else {
            file.write(buffer, position, written);
        }
        if (begun % 500 == 0) {
            inFlight++;
            file.syncData(synced);
        }
    }

    private AsyncFile open(Path path) throws IOException {
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(
                        loop(),
                        path,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE)
                .thenAccept(opened::add);
        until("opened", () -> !opened.isEmpty());
        return opened.get(0);
    }

    @Test
    void readsWritesAndSyncsAllocateNothing(@TempDir Path directory) throws IOException {
        assumeReal("a wait");
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        AsyncFile file = open(directory.resolve("file"));
        ByteBuffer[] buffers = new ByteBuffer[IN_FLIGHT];
        for (int i = 0; i < IN_FLIGHT; i++) {
            buffers[i] = ByteBuffer.allocateDirect(BLOCK);
        }
        file.write(ByteBuffer.allocate(IN_FLIGHT * BLOCK), 0, (same, buffer, reason) -> {});
        until("written", () -> file.inFlight() == 0);
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            begun = 0;
            try (Watchdog watchdog = Watchdog.over(List.of(loop()), LoopRig.DEADLINE_NANOS)) {
                meter.restart();
                for (ByteBuffer buffer : buffers) {
                    begin(file, buffer);
                }
                while (inFlight > 0 && !watchdog.hasBarked()) {
                    loop().run(RunMode.ONCE);
                }
                least = Math.min(least, meter.allocatedBytes());
            }
            assertEquals(0, inFlight, "nothing comes any more");
        }
        assertTrue(failure == null, () -> String.valueOf(failure));
        assertEquals(0, least, "bytes in the best of all rounds");
        file.close();
    }
}
