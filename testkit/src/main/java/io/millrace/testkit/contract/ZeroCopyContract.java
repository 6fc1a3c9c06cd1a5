// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Writes that leave their memory where it is: when they end, and that nothing waits for a peer
 * because of them. Loopback copies in the end, but only what the peer has room for, so that a
 * kernel that has the memory for long is one with a peer that does not read.
 */
public abstract class ZeroCopyContract extends ContractTest {
    private static final int SMALL_WINDOW = 64 << 10;

    /** Less than a socket of Linux takes at once, and more than the peer has room for. */
    private static final int LARGE = 512 << 10;

    private static final int THRESHOLD = 1000;

    private final Journal journal = new Journal();
    private final Journal far = new Journal();

    private boolean isSupported() {
        boolean byBackend =
                List.of("epoll", "poll", "io_uring").stream()
                        .anyMatch(each -> backendNames().contains(each));
        return isLinux() && clientHasDescriptors() && byBackend && !backendNames().contains("kq");
    }

    private void assumeSupported() {
        assumeTrue(isSupported(), "MSG_ZEROCOPY, and a backend that hears of its notices");
    }

    /** To a peer that reads nothing yet, and has room for little. */
    private TcpPair connectToSilentPeer() throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        ServerOptions little = ServerOptions.builder().receiveBufferSize(SMALL_WINDOW).build();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), little, accepted::add);
        TcpStream client = TcpStream.open(clientLoop());
        client.options().zeroCopyBytes(THRESHOLD);
        client.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
        until("connected", () -> accepted.size() == 1 && journal.has("connect"));
        assertEquals(THRESHOLD, client.options().zeroCopyBytes());
        return new TcpPair(client, accepted.get(0), server);
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private TcpPair withWriteInPlace() throws IOException {
        TcpPair pair = connectToSilentPeer();
        pair.client().write(direct(bytes(LARGE)), journal.written("large"));
        settle();
        journal.assertIs("connect");
        return pair;
    }

    @Test
    void aWriteInPlaceEndsWhenItsMemoryIsFree() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        pair.client().write(bytes(10), 0, 10);
        pair.server().read(far.reader("far"));
        until("all", () -> far.receivedCount() == LARGE + 10 && journal.has("large"));
        assertArrayEquals(bytes(LARGE), Arrays.copyOf(far.received(), LARGE));
    }

    @Test
    void whereTheKernelCopiesItIsNotTriedAgain() throws IOException {
        assumeSupported();
        TcpPair pair = connectToSilentPeer();
        pair.server().read(far.reader("far"));
        for (int i = 0; i < 20; i++) {
            pair.client().write(direct(bytes(THRESHOLD + i)), journal.written("direct " + i));
            pair.client().write(bytes(i), 0, i, journal.written("copied " + i));
        }
        until("the writes' ends", () -> journal.has("copied 19"));
        int total = 20 * THRESHOLD + 2 * 190;
        until("bytes", () -> far.receivedCount() == total);
        assertEquals(0, pair.client().options().zeroCopyBytes(), "loopback always copies");
        List<String> expected = new ArrayList<>(List.of("connect"));
        for (int i = 0; i < 20; i++) {
            expected.add("direct " + i);
            expected.add("copied " + i);
        }
        assertEquals(expected, journal.lines());
        pair.client().options().zeroCopyBytes(THRESHOLD);
        pair.client().write(direct(bytes(LARGE)), journal.written("again"));
        until("more", () -> far.receivedCount() == total + LARGE && journal.has("again"));
        assertEquals(0, pair.client().options().zeroCopyBytes());
    }

    @Test
    void aCloseDoesNotWaitForAPeerThatDoesNotRead() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        pair.client().close();
        until("closed", () -> pair.client().isClosed());
        assertEquals(2, journal.lines().size(), () -> journal.lines().toString());
        pair.server().read(far.reader("far"));
        until("the reset", () -> far.has("far ECONNRESET"));
    }

    /** Descriptors that nobody has received yet are as good as those of another process. */
    @Test
    void aCloseDoesNotWaitForWhoSharesTheSocket() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        UnixServer server =
                UnixServer.listen(clientLoop(), UnixTransport.freeAddress(), stream -> {});
        UnixStream.connect(clientLoop(), server.localAddress())
                .thenAccept(
                        carrier ->
                                carrier.write(
                                        ByteBuffer.allocate(1),
                                        new int[] {pair.client().fileDescriptor()},
                                        (stream, failure) -> journal.add("shared")));
        until("shared", () -> journal.has("shared"));
        pair.client().close();
        until("closed", () -> pair.client().isClosed());
        pair.server().read(far.reader("far"));
        until("the reset", () -> far.has("far ECONNRESET"));
    }

    @Test
    void aCloseBehindTheWritesLosesNothing() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        pair.client().closeWhenWritten();
        settle();
        assertFalse(pair.client().isClosed());
        pair.server().read(far.reader("far"));
        until("the end", () -> far.has("far end") && pair.client().isClosed());
        assertEquals(LARGE, far.receivedCount());
        journal.assertIs("connect", "large");
    }

    @Test
    void aPeerThatIsGoneEndsItAndIsToldOnce() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        pair.client().read(journal.reader("read"));
        pair.client().write(bytes(10), 0, 10, journal.written("small"));
        pair.server().closeReset();
        until(
                "the ends",
                () ->
                        journal.lines().stream().anyMatch(each -> each.startsWith("small"))
                                && journal.lines().stream()
                                        .anyMatch(each -> each.startsWith("read")));
        settle();
        assertEquals(4, journal.lines().size(), () -> journal.lines().toString());
        assertTrue(journal.has("read ECONNRESET"), () -> journal.lines().toString());
        assertTrue(
                journal.lines().stream().anyMatch(each -> each.matches("small E.*")),
                () -> journal.lines().toString());
    }

    @Test
    void whoReadsMeanwhileGoesOn() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        Journal near = new Journal();
        pair.client().read(near.reader("near"));
        for (int i = 1; i <= 3; i++) {
            int expected = 100 * i;
            pair.server().write(bytes(100), 0, 100);
            until("bytes", () -> near.receivedCount() == expected);
        }
        pair.client().pauseReading();
        pair.server().write(bytes(100), 0, 100);
        pair.server().shutdown();
        settle();
        pair.server().read(far.reader("far"));
        until("all", () -> far.receivedCount() == LARGE && journal.has("large"));
        near.assertIs();
        pair.client().resumeReading();
        until("the end", () -> near.has("near end"));
        assertEquals(400, near.receivedCount());
    }

    @Test
    void aHalfCloseWaitsForItAndAResetEndsBoth() throws IOException {
        assumeSupported();
        TcpPair pair = withWriteInPlace();
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        settle();
        journal.assertIs("connect");
        pair.client().closeReset();
        until("closed", () -> pair.client().isClosed());
        assertEquals(3, journal.lines().size(), () -> journal.lines().toString());
    }

    @Test
    void whereItIsLackingThatIsSaid() throws IOException {
        assumeTrue(!isSupported() && !isSimulated(), "a backend without it");
        TcpStream client = connectTcp().client();
        UncheckedIOException refusal =
                assertThrows(UncheckedIOException.class, () -> client.options().zeroCopyBytes(1));
        assertTrue(refusal.getCause() instanceof IoException);
        assertTrue(refusal.toString().contains("EOPNOTSUPP"), refusal::toString);
        assertTrue(refusal.toString().matches(".*(MSG_ZEROCOPY|select|6.1).*"), refusal::toString);
        assertThrows(UncheckedIOException.class, () -> client.options().zeroCopyBytes());
        TcpStream early = TcpStream.open(clientLoop());
        early.options().zeroCopyBytes(1);
        assertThrows(IllegalArgumentException.class, () -> early.options().zeroCopyBytes(-1));
        early.connect(anyPort()).whenComplete(journal.outcome("connect"));
        until("refused", () -> journal.has("connect EOPNOTSUPP"));
    }
}
