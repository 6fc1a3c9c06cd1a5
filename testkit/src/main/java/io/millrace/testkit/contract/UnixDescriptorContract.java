// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.net.PassedDescriptors;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Descriptors that are passed over Unix-domain streams, and that none of them is lost or leaks. */
public abstract class UnixDescriptorContract extends ContractTest {
    /** SCM_MAX_FD of Linux. */
    private static final int MOST = 253;

    /** Jars and engines may open and close some of their own meanwhile. */
    private static final int NOISE = 100;

    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSPIDFD = 76;
    private static final int MESSAGES = 3 * NOISE;

    private final Journal journal = new Journal();
    private final List<Integer> taken = new ArrayList<>();

    private static UnixStream client(StreamPair pair) {
        return (UnixStream) pair.client();
    }

    private static UnixStream server(StreamPair pair) {
        return (UnixStream) pair.server();
    }

    private void assumePassing() {
        assumeTrue(haveDescriptors() && isLinux(), "passing descriptors takes them, and Linux");
    }

    private static int[] copies(int descriptor, int count) {
        int[] all = new int[count];
        Arrays.fill(all, descriptor);
        return all;
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private void takeAll(UnixStream stream, PassedDescriptors descriptors) {
        journal.add(descriptors.count() + " descriptors, " + journal.receivedCount() + " bytes");
        assertFalse(descriptors.someWereLost());
        for (int i = 0; i < descriptors.count(); i++) {
            taken.add(descriptors.take(i));
        }
    }

    /**
     * The kernel may join bytes that were sent before to those that the descriptors went with, and
     * never bytes that were sent after.
     */
    private void assertBytesBefore(int least, int most) {
        String line =
                journal.lines().stream()
                        .filter(each -> each.startsWith("1 descriptors, "))
                        .findFirst()
                        .orElseThrow();
        int bytes = Integer.parseInt(line.split(" ", -1)[2]);
        assertTrue(bytes >= least && bytes <= most, line);
    }

    /** That it is a duplicate of what was passed shows in what it does. */
    private void assertLeadsTo(int descriptor, StreamPair other) throws IOException {
        Journal far = new Journal();
        other.server().read(far.reader("far"));
        UnixStream adopted = UnixStream.adopt(serverLoop(), descriptor);
        adopted.write(bytes(100), 0, 100);
        until("bytes", () -> far.receivedCount() == 100);
        assertArrayEquals(bytes(100), far.received());
        adopted.close();
        until("closed", adopted::isClosed);
    }

    @Test
    void aDescriptorComesNoLaterThanTheByteThatItWasPassedWith() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        StreamPair other = connect();
        server(pair).onDescriptors(this::takeAll);
        pair.server().read(journal.reader("server"));
        pair.client().write(bytes(10), 0, 10);
        int[] passed = {other.client().fileDescriptor()};
        client(pair).write(ByteBuffer.wrap(bytes(5)), passed, journal.written("written"));
        pair.client().write(bytes(10), 0, 10);
        until("all", () -> journal.receivedCount() == 25 && journal.has("written"));
        assertBytesBefore(0, 10);
        assertLeadsTo(taken.get(0), other);
    }

    @Test
    void asManyAsTheKernelTakesGoAtOnceAndNobodyLeaksThem() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        server(pair)
                .onDescriptors(
                        (stream, descriptors) -> {
                            journal.add("came " + descriptors.count());
                            taken.add(descriptors.take(descriptors.count() - 1));
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> descriptors.take(descriptors.count() - 1));
                        });
        pair.server().read(journal.reader("server"));
        StreamPair other = connect();
        int[] many = copies(other.client().fileDescriptor(), MOST);
        long before = openDescriptors();
        for (int i = 1; i <= 3; i++) {
            client(pair).write(ByteBuffer.wrap(bytes(3)), many, null);
            int total = i;
            until("came", () -> journal.count("came " + MOST) == total);
        }
        until("all bytes", () -> journal.receivedCount() == 9);
        assertTrue(openDescriptors() < before + NOISE, "descriptors leak");
        assertLeadsTo(taken.get(2), other);
        UnixStream.adopt(serverLoop(), taken.get(0)).close();
        UnixStream.adopt(serverLoop(), taken.get(1)).close();
        settle();
    }

    @Test
    void thoseOfAPeerThatDoesNotAskOrNeverReadsAreClosed() throws IOException {
        assumePassing();
        StreamPair careless = connect();
        StreamPair silent = connect();
        server(silent).onDescriptors(this::takeAll);
        int[] many = copies(careless.client().fileDescriptor(), MOST);
        long before = openDescriptors();
        client(careless).write(ByteBuffer.wrap(bytes(3)), many, null);
        client(silent).write(ByteBuffer.wrap(bytes(3)), many, null);
        careless.server().read(journal.reader("server"));
        until("bytes", () -> journal.receivedCount() == 3);
        settle();
        silent.server().close();
        until("closed", silent.server()::isClosed);
        assertTrue(openDescriptors() < before + NOISE, "descriptors leak");
        journal.assertIs();
    }

    @Test
    void aPauseHoldsThemAndACloseLetsGoOfThem() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        StreamPair other = connect();
        server(pair).onDescriptors(this::takeAll);
        pair.server().read(journal.reader("server"));
        pair.server().pauseReading();
        int[] passed = {other.client().fileDescriptor()};
        client(pair).write(ByteBuffer.wrap(bytes(5)), passed, null);
        settle();
        journal.assertIs();
        pair.server().resumeReading();
        until("all", () -> journal.receivedCount() == 5);
        journal.assertIs("1 descriptors, 0 bytes");
        assertLeadsTo(taken.get(0), other);
        long before = openDescriptors();
        pair.server().pauseReading();
        client(pair).write(ByteBuffer.wrap(bytes(5)), copies(passed[0], MOST), null);
        settle();
        pair.server().close();
        until("closed", pair.server()::isClosed);
        assertTrue(openDescriptors() < before + NOISE, "descriptors leak");
        assertEquals(1, taken.size());
    }

    @Test
    void aReadIntoABufferBringsThemToo() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        StreamPair other = connect();
        server(pair).onDescriptors(this::takeAll);
        ByteBuffer buffer = ByteBuffer.allocateDirect(5);
        pair.server().readFully(buffer, ReadEnds.into(journal, "read"));
        int[] passed = {other.client().fileDescriptor()};
        client(pair).write(ByteBuffer.wrap(bytes(5)), passed, null);
        until("read", () -> journal.has("read 5"));
        journal.assertIs("1 descriptors, 0 bytes", "read 5");
        assertLeadsTo(taken.get(0), other);
    }

    @Test
    void theyWaitForRoomAndKeepTheirPlace() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        StreamPair other = connect();
        server(pair).onDescriptors(this::takeAll);
        ByteBuffer large = ByteBuffer.allocateDirect(4 << 20);
        pair.client().write(large, journal.written("large"));
        int[] passed = {other.client().fileDescriptor()};
        client(pair).write(ByteBuffer.wrap(bytes(5)), passed, journal.written("passed"));
        settle();
        pair.server().read(journal.reader("server"));
        until("all", () -> journal.receivedCount() == (4 << 20) + 5);
        until("written", () -> journal.has("passed"));
        assertBytesBefore(1, 4 << 20);
        assertLeadsTo(taken.get(0), other);
    }

    @Test
    void aStreamThatClosesInTheHandlerHearsNothingMore() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        server(pair)
                .onDescriptors(
                        (stream, descriptors) -> {
                            journal.add("came");
                            stream.close();
                        });
        pair.server().read(journal.reader("server"));
        int[] passed = {pair.client().fileDescriptor()};
        client(pair).write(ByteBuffer.wrap(bytes(5)), passed, null);
        until("closed", pair.server()::isClosed);
        journal.assertIs("came");
        assertEquals(0, journal.receivedCount());
    }

    @Test
    void whatCannotBePassedIsRefusedAtTheCall() throws IOException {
        assumeReal("descriptors; simulated ones are numbers of its own");
        StreamPair pair = connect();
        UnixStream client = client(pair);
        ByteBuffer some = ByteBuffer.wrap(bytes(1));
        if (!clientHasDescriptors() || !isLinux()) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> client.write(some, new int[] {0}, null));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> client.onDescriptors((stream, descriptors) -> {}));
            return;
        }
        assumeTrue(haveDescriptors(), "the server is to read");
        ByteBuffer none = ByteBuffer.allocate(0);
        for (int[] bad : List.of(new int[0], new int[MOST + 1], new int[] {-1})) {
            assertThrows(IllegalArgumentException.class, () -> client.write(some, bad, null));
        }
        assertThrows(IllegalArgumentException.class, () -> client.write(none, new int[] {0}, null));
        pair.server().read(journal.reader("server"));
        assertRefused(
                "before the first read",
                () -> server(pair).onDescriptors((stream, descriptors) -> {}));
        client.write(some, new int[] {1 << 30}, journal.written("nobody's"));
        until("failed", () -> journal.has("nobody's EBADF"));
    }

    /** SO_PASSPIDFD brings a descriptor of the sender's process with every message. */
    @Test
    void descriptorsThatNobodyCanTakeDoNotLeak() throws IOException {
        assumePassing();
        StreamPair pair = connect();
        StreamPair other = connect();
        try {
            server(pair).options().option(SOL_SOCKET, SO_PASSPIDFD, 1);
        } catch (UncheckedIOException old) {
            Assumptions.abort("SO_PASSPIDFD is of Linux 6.5: " + old);
        }
        server(pair).onDescriptors(this::takeAll);
        pair.server().read(journal.reader("server"));
        pair.client().write(bytes(1), 0, 1);
        until("the first", () -> journal.receivedCount() == 1);
        long before = openDescriptors();
        int[] passed = {other.client().fileDescriptor()};
        for (int i = 2; i <= MESSAGES; i++) {
            int expected = i;
            client(pair).write(ByteBuffer.wrap(bytes(1)), passed, null);
            until("the next", () -> journal.receivedCount() == expected);
        }
        assertEquals(MESSAGES - 1, taken.size());
        for (int each : taken) {
            UnixStream.adopt(serverLoop(), each).close();
        }
        settle();
        long after = openDescriptors();
        assertTrue(after < before + NOISE, () -> before + " before, " + after + " after");
    }
}
