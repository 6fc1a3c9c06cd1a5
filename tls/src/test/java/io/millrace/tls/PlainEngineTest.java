// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.WriteCallback;
import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the stream's own, with an engine that neither allocates nor computes. */
class PlainEngineTest {
    private static final int MESSAGES = 500;

    /** Compiling takes some thousand messages; then one round without allocation is the proof. */
    private static final int ROUNDS = 100;

    private static final int RECORDS = 16;
    private static final int FILE_ROUNDS = 1_000;

    /** Bytes; so if each record made one, it would show. */
    private static final int LEAST_OBJECT = 16;

    private static final int SMALL_DESCRIPTORS = 128;

    private final List<Channel> held = new ArrayList<>();
    private int answers;
    private int arrived;

    private static PlainPairs pairs() throws IoException {
        return new PlainPairs(loop("nio"));
    }

    private static EventLoop loop(String backend) throws IoException {
        return EventLoop.open(LoopOptions.builder().backend(backend).build());
    }

    private static void until(PlainPairs pairs, BooleanSupplier condition) throws IoException {
        for (int turns = 0; !condition.getAsBoolean(); turns++) {
            assertTrue(turns < 1_000_000, "it stands still");
            pairs.loop.run(RunMode.NOWAIT);
        }
    }

    /**
     * As in a process that has much open. The JDK keeps numbers up to 127 as objects, so whoever
     * makes objects of them is found out only by larger ones.
     */
    @BeforeEach
    void takeSmallDescriptors(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("held"));
        for (int i = 0; i < SMALL_DESCRIPTORS; i++) {
            held.add(Files.newByteChannel(file));
        }
    }

    @AfterEach
    void giveBackDescriptors() throws IOException {
        for (Channel each : held) {
            each.close();
        }
    }

    /**
     * Not on nio, where the JDK makes an object of each descriptor's number that it hears of: on
     * small ones that does not show.
     */
    @ParameterizedTest
    @CsvSource({
        "64,loan,HEAP",
        "64,memory,HEAP",
        "4096,loan,HEAP",
        "16384,loan,HEAP",
        "65536,loan,HEAP",
        "65536,memory,HEAP",
        "64,loan,DIRECT",
        "65536,loan,DIRECT"
    })
    void anEchoedMessageAllocatesNothing(int bytes, String into, EngineMemory memory)
            throws IoException {
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        BackendUnderTest.named("poll").assumeUsable();
        TlsContext context = TlsContext.builder().engineMemory(memory).build();
        try (PlainPairs pairs = new PlainPairs(loop("poll"), context)) {
            PlainPairs.Pair pair = pairs.connect(i -> new PlainEngine(i == 0, 1 << 16));
            ByteBuffer message = ByteBuffer.allocateDirect(bytes);
            if (into.equals("loan")) {
                pair.server().read((stream, chunk) -> stream.write(chunk));
            } else {
                new MemoryEcho(pair.server());
            }
            Pinger pinger = new Pinger(pair.client(), message);
            AllocationMeter meter = AllocationMeter.ofCurrentThread();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > 0; round++) {
                answers = 0;
                meter.restart();
                pinger.send();
                while (answers < MESSAGES) {
                    pairs.loop.run(RunMode.ONCE);
                }
                least = Math.min(least, meter.allocatedBytes());
            }
            assertEquals(0, least, "bytes in the best of all rounds");
        }
    }

    /**
     * What is read lands in the loop's own memory, whichever kind the engine wants. Not on nio,
     * where the JDK itself allocates for each read.
     */
    @ParameterizedTest
    @CsvSource({"poll,HEAP", "poll,DIRECT", "epoll,HEAP", "io_uring,HEAP"})
    void aRecordOfAFileAllocatesNothing(
            String backend, EngineMemory memory, @TempDir Path directory) throws IOException {
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        BackendUnderTest.named(backend).assumeUsable();
        TlsContext context = TlsContext.builder().engineMemory(memory).build();
        EventLoop loop = loop(backend);
        Path path = Files.write(directory.resolve("file"), new byte[RECORDS << 14]);
        try (PlainPairs pairs = new PlainPairs(loop, context)) {
            PlainPairs.Pair pair = pairs.connect(i -> new PlainEngine(i == 0, 1 << 16));
            pair.client().read((stream, chunk) -> arrived += chunk.length());
            List<AsyncFile> opened = new ArrayList<>();
            AsyncFile.open(loop, path).thenAccept(opened::add);
            until(pairs, () -> !opened.isEmpty());
            long forMany = Long.MAX_VALUE;
            long forOne = Long.MAX_VALUE;
            for (int round = 0; round < FILE_ROUNDS; round++) {
                forMany = Math.min(forMany, allocated(pairs, pair, opened.get(0), RECORDS << 14));
                forOne = Math.min(forOne, allocated(pairs, pair, opened.get(0), 1 << 14));
            }
            long more = forMany - forOne;
            assertTrue(more < (RECORDS - 1) * LEAST_OBJECT, more + " bytes more for many records");
            opened.get(0).close();
        }
    }

    private long allocated(PlainPairs pairs, PlainPairs.Pair pair, AsyncFile file, int bytes)
            throws IOException {
        arrived = 0;
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        pair.server().sendFile(file, 0, bytes, null);
        while (arrived < bytes) {
            pairs.loop.run(RunMode.ONCE);
        }
        return meter.allocatedBytes();
    }

    /** Sends a message, and the next one when all of it has come back. */
    private final class Pinger {
        private final ByteStream stream;
        private final ByteBuffer message;
        private int missing;

        Pinger(ByteStream stream, ByteBuffer message) {
            this.stream = stream;
            this.message = message;
            stream.read((from, chunk) -> came(chunk.length()));
        }

        void send() {
            missing = message.capacity();
            stream.write(message.clear());
        }

        private void came(int bytes) {
            missing -= bytes;
            if (missing == 0 && ++answers < MESSAGES) {
                send();
            }
        }
    }

    /** Reads into memory of its own and sends that back. */
    private static final class MemoryEcho {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 14);

        private final WriteCallback again = (stream, failure) -> read(stream);
        private final ReadCallback answer =
                (stream, buffer, count) -> stream.write(buffer.flip(), again);

        MemoryEcho(ByteStream stream) {
            read(stream);
        }

        private void read(ByteStream stream) {
            stream.read(memory.clear(), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 16383})
    void whatAnEngineKeepsOfARecordIsAskedFor(int mostAtOnce) throws IoException {
        try (PlainPairs pairs = pairs()) {
            PlainPairs.Pair pair = pairs.connect(i -> new PlainEngine(i == 0, mostAtOnce));
            byte[] sent = new byte[mostAtOnce == 1 ? 5_000 : 200_000];
            new Random(7).nextBytes(sent);
            TlsRig.Received received = new TlsRig.Received();
            pair.server().read(received);
            pair.client().write(sent, 0, sent.length);
            pair.client().closeWhenWritten();
            until(pairs, () -> received.ended);
            assertArrayEquals(sent, received.array());
        }
    }

    /** The rest comes although the peer sends nothing more and the reader had paused. */
    @Test
    void whatAnEngineKeepsIsThereForWhoeverReadsLater() throws IoException {
        try (PlainPairs pairs = pairs()) {
            PlainPairs.Pair pair = pairs.connect(i -> new PlainEngine(i == 0, 10));
            pair.client().write(new byte[95], 0, 95);
            int[] count = new int[1];
            pair.server()
                    .read(
                            (stream, chunk) -> {
                                count[0] += chunk.length();
                                stream.pauseReading();
                                stream.loop().execute(stream::resumeReading);
                            });
            until(pairs, () -> count[0] == 95);
            ByteBuffer memory = ByteBuffer.allocateDirect(95);
            pair.client().readFully(memory, (stream, buffer, bytes) -> count[0] += bytes);
            pair.server().write(new byte[95], 0, 95);
            until(pairs, () -> count[0] == 190);
        }
    }
}
