// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Writing: order, completions, what memory is used how, and what a failure says. */
public abstract class WriteContract extends ContractTest {
    private static final int LARGE = 4 << 20;
    private static final int MEBIBYTE = 1 << 20;

    private final Journal journal = new Journal();
    private final Journal server = new Journal();

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private void assertArrives(byte[] expected) throws IOException {
        until("all bytes", () -> server.receivedCount() >= expected.length);
        assertArrayEquals(expected, server.received());
    }

    @Test
    void aLargeWriteArrivesWholeAndIsReportedOnce() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] sent = bytes(LARGE);
        ByteBuffer buffer = direct(sent);
        pair.client().write(buffer, journal.written("write"));
        assertEquals(LARGE, buffer.position());
        assertEquals(LARGE, pair.client().writeQueueSize());
        assertArrives(sent);
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("write");
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void completionsComeInTheOrderOfTheWrites() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] expected = bytes(LARGE + 30);
        pair.client().write(direct(part(expected, 0, 10)), journal.written("first"));
        pair.client().write(direct(part(expected, 10, LARGE)), journal.written("large"));
        pair.client().write(direct(part(expected, LARGE + 10, 20)), journal.written("small"));
        assertArrives(expected);
        until("written", () -> journal.lines().size() == 3);
        journal.assertIs("first", "large", "small");
    }

    private static byte[] part(byte[] bytes, int from, int count) {
        byte[] part = new byte[count];
        System.arraycopy(bytes, from, part, 0, count);
        return part;
    }

    @Test
    @Needs(Transport.Ability.DRIVER_SENDS)
    void writesOfOneCallbackLeaveAsOneSend() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        int[] sendsBefore = new int[1];
        Timer timer = Timer.open(clientLoop());
        timer.start(
                Duration.ZERO,
                () -> {
                    sendsBefore[0] = rig().referee().sends();
                    for (int i = 0; i < 10; i++) {
                        pair.client().write(bytes(10), 0, 10);
                    }
                });
        until("all bytes", () -> server.receivedCount() == 100);
        assertEquals(1, rig().referee().sends() - sendsBefore[0]);
    }

    @Test
    @Needs(Transport.Ability.DRIVER_SENDS)
    void writesFromAReadCallbackLeaveWhenItReturns() throws IOException {
        StreamPair pair = connect();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            stream.write(chunk);
                            stream.write(bytes(5), 0, 5);
                        });
        pair.client().read(server.reader("echo"));
        int before = rig().referee().sends();
        pair.client().write(bytes(10), 0, 10);
        until("echo", () -> server.receivedCount() == 15);
        assertEquals(2, rig().referee().sends() - before);
    }

    @Test
    void anEmptyWriteEndsInItsPlace() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().write(direct(bytes(5)), journal.written("first"));
        pair.client().write(ByteBuffer.allocate(0), journal.written("empty"));
        pair.client().write(ByteBuffer.allocateDirect(0), journal.written("empty too"));
        pair.client().write(direct(bytes(5)), journal.written("last"));
        until("written", () -> journal.lines().size() == 4);
        journal.assertIs("first", "empty", "empty too", "last");
        until("all bytes", () -> server.receivedCount() == 10);
    }

    @Test
    void bytesOnTheHeapAreCopiedAtTheCall() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] array = bytes(100);
        byte[] expected = array.clone();
        ByteBuffer heap = ByteBuffer.wrap(array, 0, 50);
        pair.client().write(heap, journal.written("heap"));
        pair.client().write(array, 50, 50);
        assertFalse(heap.hasRemaining());
        Arrays.fill(array, (byte) 0);
        assertArrives(expected);
    }

    @Test
    void bytesOfAnArrayAreCopiedAtTheCallAndTheirEndIsTold() throws IOException {
        StreamPair pair = connect();
        byte[] mine = bytes(100);
        pair.client().write(mine, 10, 50, journal.written("array"));
        Arrays.fill(mine, (byte) 0);
        pair.server().read(journal.reader("server"));
        until("all", () -> journal.receivedCount() == 50 && journal.has("array"));
        assertArrayEquals(Arrays.copyOfRange(bytes(100), 10, 60), journal.received());
        pair.client().write(mine, 0, 1, journal.written("late"));
        pair.client().close();
        until("its end", () -> journal.has("late ECANCELED"));
    }

    @Test
    void readOnlyBuffersCanBeWritten() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] expected = bytes(20);
        ByteBuffer heap = ByteBuffer.wrap(expected, 0, 10).asReadOnlyBuffer();
        ByteBuffer other = direct(part(expected, 10, 10)).asReadOnlyBuffer();
        pair.client().write(heap);
        pair.client().write(other);
        assertArrives(expected);
    }

    @Test
    void severalBuffersAreOneWrite() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] expected = bytes(30);
        ByteBuffer[] buffers = {
            direct(part(expected, 0, 10)),
            ByteBuffer.wrap(part(expected, 10, 10)),
            direct(part(expected, 20, 10))
        };
        pair.client().write(buffers, journal.written("all"));
        assertArrives(expected);
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("all");
        assertThrows(
                IllegalArgumentException.class,
                () -> pair.client().write(new ByteBuffer[0], journal.written("none")));
    }

    @Test
    void moreBuffersThanOneSystemCallTakesArriveInOrder() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        byte[] expected = bytes(3000);
        for (int i = 0; i < 3000; i++) {
            pair.client().write(expected, i, 1);
        }
        assertArrives(expected);
    }

    @Test
    void aReceivedChunkIsEchoedWithoutBeingKeptByTheUser() throws IOException {
        StreamPair pair = connect();
        pair.server().read((stream, chunk) -> stream.write(chunk));
        pair.client().read(server.reader("echo"));
        byte[] sent = bytes(1 << 20);
        pair.client().watermarks(0, 1 << 20, 16 << 20);
        pair.client().write(direct(sent), journal.written("write"));
        assertArrives(sent);
    }

    @Test
    void oneChunkMayBeWrittenSeveralTimes() throws IOException {
        StreamPair pair = connect();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            stream.write(chunk);
                            chunk.skip(1);
                            stream.write(chunk);
                            stream.write(chunk);
                        });
        pair.client().read(server.reader("echo"));
        pair.client().write(bytes(4), 0, 4);
        until("echo", () -> server.receivedCount() == 10);
        byte[] b = bytes(4);
        byte[] expected = {b[0], b[1], b[2], b[3], b[1], b[2], b[3], b[1], b[2], b[3]};
        assertArrayEquals(expected, server.received());
    }

    @Test
    void aKeptChunkMayBeWrittenLaterAndToAnotherStream() throws IOException {
        StreamPair first = connect();
        StreamPair second = connect();
        List<Chunk> kept = new ArrayList<>();
        first.server().read((stream, chunk) -> kept.add(chunk.keep()));
        first.client().write(bytes(50), 0, 50);
        until("kept", () -> !kept.isEmpty());
        second.client().read(server.reader("second"));
        second.server().write(kept.get(0));
        kept.get(0).release();
        assertArrives(bytes(50));
    }

    @Test
    void tryWriteTakesWhatTheKernelTakesAndQueuesNothing() throws IOException {
        StreamPair pair = connect();
        ByteBuffer buffer = direct(bytes(LARGE));
        int total = 0;
        int taken;
        do {
            taken = pair.client().tryWrite(buffer);
            total += taken;
            assertEquals(total, buffer.position());
        } while (taken > 0 && buffer.hasRemaining());
        assertTrue(total > 0);
        assertEquals(0, pair.client().writeQueueSize());
        byte[] expected = part(bytes(LARGE), 0, total);
        pair.server().read(server.reader("server"));
        assertArrives(expected);
    }

    @Test
    void tryWriteNeverOvertakesWhatIsQueued() throws IOException {
        StreamPair pair = connect();
        pair.client().write(direct(bytes(LARGE)), journal.written("write"));
        ByteBuffer late = direct(bytes(10));
        assertEquals(0, pair.client().tryWrite(late));
        assertEquals(0, late.position());
        pair.server().read(server.reader("server"));
        until("all bytes", () -> server.receivedCount() == LARGE);
    }

    @Test
    void tryWriteToADeadPeerFailsAndLeavesTheStreamOpen() throws IOException {
        StreamPair pair = connect();
        pair.server().closeReset();
        until("closed", pair.server()::isClosed);
        settle();
        ByteBuffer buffer = ByteBuffer.allocateDirect(8);
        IoException failure = assertThrows(IoException.class, () -> pair.client().tryWrite(buffer));
        assertEquals("write", failure.operation());
        assertTrue(List.of("ECONNRESET", "EPIPE").contains(failure.errorName()));
        assertEquals(8, buffer.remaining());
        assertFalse(pair.client().isClosing());
    }

    @Test
    void tryWriteRefusesHeapBuffersAndTakesNothingOfEmptyOnes() throws IOException {
        StreamPair pair = connect();
        ByteBuffer heap = ByteBuffer.allocate(10);
        assertThrows(IllegalArgumentException.class, () -> pair.client().tryWrite(heap));
        assertEquals(0, pair.client().tryWrite(ByteBuffer.allocateDirect(0)));
    }

    @Test
    void aWriteToADeadPeerFailsOnceAndTheStreamStaysOpen() throws IOException {
        StreamPair pair = connect();
        pair.server().closeReset();
        until("closed", pair.server()::isClosed);
        settle();
        pair.client().write(direct(bytes(10)), journal.written("write"));
        until("failed", () -> !journal.lines().isEmpty());
        settle();
        assertEquals(1, journal.lines().size());
        assertTrue(
                journal.has("write ECONNRESET") || journal.has("write EPIPE"),
                journal.lines()::toString);
        assertFalse(pair.client().isClosing());
    }

    @Test
    void writesBehindAFailedOneEndOnTheirOwn() throws IOException {
        StreamPair pair = connect();
        pair.server().closeReset();
        until("closed", pair.server()::isClosed);
        settle();
        pair.client().write(direct(bytes(10)), journal.written("first"));
        pair.client().write(direct(bytes(10)), journal.written("second"));
        until("both failed", () -> journal.lines().size() == 2);
        assertTrue(journal.lines().get(0).startsWith("first E"), journal.lines()::toString);
        assertTrue(journal.lines().get(1).startsWith("second E"), journal.lines()::toString);
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void aFailedWriteSaysHowManyBytesTheKernelHadTaken() throws IOException {
        StreamPair pair = connect();
        List<IoException> failures = new ArrayList<>();
        pair.client()
                .write(
                        direct(bytes(16 << 20)),
                        (stream, failure) -> failures.add(Objects.requireNonNull(failure)));
        settle();
        long unsent = pair.client().writeQueueSize();
        assertTrue(unsent > 0 && unsent < 16 << 20, () -> unsent + " bytes are unsent");
        pair.server().closeReset();
        until("failed", () -> !failures.isEmpty());
        IoException failure = failures.get(0);
        assertEquals("write", failure.operation());
        assertTrue(failure.bytesTransferred() >= (16 << 20) - unsent, failure::toString);
        assertTrue(failure.bytesTransferred() < 16 << 20, failure::toString);
    }

    @Test
    void aFailedWriteWithoutACallbackGoesToTheStreamsHandler() throws IOException {
        StreamPair pair = connect();
        pair.client().onWriteFailure((stream, failure) -> journal.add("failed"));
        pair.server().closeReset();
        until("closed", pair.server()::isClosed);
        settle();
        pair.client().write(bytes(10), 0, 10);
        until("failed", () -> journal.has("failed"));
        assertFalse(pair.client().isClosing());
    }

    @Test
    void unlessHandledAFailedWriteClosesTheStream() throws IOException {
        StreamPair pair = connect();
        pair.server().closeReset();
        until("closed", pair.server()::isClosed);
        settle();
        pair.client().write(bytes(10), 0, 10);
        until("closed", pair.client()::isClosed);
    }

    @Test
    void aThrowingWriteCallbackClosesItsStreamOnly() throws IOException {
        StreamPair pair = connect();
        RuntimeException thrown = new IllegalStateException("on purpose");
        rig().allowUncaught();
        pair.client()
                .write(
                        direct(bytes(1)),
                        (stream, failure) -> {
                            throw thrown;
                        });
        until("closed", pair.client()::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
        assertFalse(pair.server().isClosing());
    }

    @Test
    void aWriteInAWriteCallbackFollows() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        writeAgain(pair.client(), 1000);
        until("all bytes", () -> server.receivedCount() == 1000);
    }

    private void writeAgain(ByteStream stream, int times) {
        if (times > 0) {
            stream.write(direct(bytes(1)), (s, failure) -> writeAgain(s, times - 1));
        }
    }

    @Test
    void aChunksOwnBufferIsCopiedWhereItIsWrittenInItsCallback() throws IOException {
        assertComesBack((stream, chunk) -> stream.write(chunk.buffer()));
    }

    @Test
    void soAreViewsOfItAndPartsOfAGather() throws IOException {
        assertComesBack(
                (stream, chunk) -> {
                    ByteBuffer whole = chunk.buffer();
                    int half = whole.remaining() / 2;
                    ByteBuffer first = whole.slice(whole.position(), half);
                    ByteBuffer second = whole.duplicate().position(whole.position() + half);
                    stream.write(new ByteBuffer[] {first, second}, null);
                });
    }

    /**
     * So much that the writes wait, while their chunks, were they not copied, bring other bytes.
     */
    private void assertComesBack(ReadHandler echo) throws IOException {
        StreamPair pair = connect();
        if (pair.server() instanceof TcpStream tcp) {
            // The others' sockets do not grow until they hold it all.
            tcp.options().sendBufferSize(16 << 10);
        }
        pair.server().watermarks(1, 2 * LARGE, 4 * LARGE);
        pair.server().read(echo);
        byte[] sent = bytes(MEBIBYTE);
        List<String> written = new ArrayList<>();
        pair.client().write(direct(sent), (stream, failure) -> written.add("" + failure));
        until("written", () -> !written.isEmpty());
        settle();
        if (pair.server() instanceof TcpStream tcp) {
            tcp.options().sendBufferSize(MEBIBYTE);
        }
        pair.client().read(server.reader("client"));
        assertArrives(sent);
    }

    @Test
    void badArgumentsAreRefusedAndLeaveNothingBehind() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        byte[] array = new byte[10];
        assertThrows(NullPointerException.class, () -> client.write(nullBuffer()));
        assertThrows(IndexOutOfBoundsException.class, () -> client.write(array, -1, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> client.write(array, 5, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> client.write(array, 5, -1));
        assertEquals(0, client.writeQueueSize());
        client.close();
        assertRefused("closed", () -> client.write(array, 0, 1));
        assertRefused("closed", () -> client.tryWrite(ByteBuffer.allocateDirect(1)));
    }

    @SuppressWarnings("NullAway") // what a caller without a checker may do
    private static ByteBuffer nullBuffer() {
        return null;
    }
}
