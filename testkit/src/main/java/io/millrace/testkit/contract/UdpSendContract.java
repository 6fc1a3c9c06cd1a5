// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sending datagrams: in order, many with one call, each with an end of its own. */
public abstract class UdpSendContract extends UdpFixture {
    /** One more than IPv4 carries. */
    private static final int TOO_LONG = 65_508;

    /** What one call takes at most. */
    private static final int MOST_IN_ONE_CALL = 64;

    @Test
    void whatOneCallbackSendsLeavesTogether() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        for (int count : new int[] {1, 2, 20, 21, 40, 63, 64, 65, 100}) {
            received.clear();
            journal.lines().clear();
            sendsTogether(client, server, count);
        }
    }

    private void sendsTogether(UdpSocket client, UdpSocket server, int count) throws IOException {
        int before = rig().referee().sends();
        for (int i = 0; i < count; i++) {
            client.send(direct("" + i), server.localAddress(), sent("" + i));
        }
        untilReceived(count);
        until("all ends", () -> journal.lines().size() == count);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add("" + i);
        }
        assertEquals(expected, received);
        assertEquals(expected, journal.lines());
        int calls = rig().referee().sends() - before;
        int least = (count + MOST_IN_ONE_CALL - 1) / MOST_IN_ONE_CALL;
        assertEquals(least, calls, "sends for " + count + " datagrams");
    }

    @Test
    void aDatagramThatIsTooLongFailsAlone() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress(), sent("a"));
        client.send(ByteBuffer.allocateDirect(TOO_LONG), server.localAddress(), sent("long"));
        client.send(direct("b"), server.localAddress(), sent("b"));
        client.send(ByteBuffer.allocate(TOO_LONG), server.localAddress(), sent("long"));
        client.send(direct("c"), server.localAddress(), sent("c"));
        untilReceived(3);
        until("all ends", () -> journal.has("c"));
        assertEquals(List.of("a", "b", "c"), received);
        journal.assertIs("a", "long EMSGSIZE", "b", "long EMSGSIZE", "c");
        IoException failure =
                assertThrows(
                        IoException.class,
                        () ->
                                client.trySend(
                                        ByteBuffer.allocateDirect(TOO_LONG),
                                        server.localAddress()));
        assertEquals("EMSGSIZE", failure.errorName());
        assertEquals(server.localAddress(), failure.address());
    }

    @Test
    void whatNobodyElseIsToldGoesToTheFailureHandler() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.send(ByteBuffer.allocateDirect(TOO_LONG), server.localAddress());
        settle();
        List<IoException> failures = new ArrayList<>();
        client.onFailure((socket, failure) -> failures.add(failure));
        client.send(ByteBuffer.allocateDirect(TOO_LONG), server.localAddress());
        client.send(direct("a"), server.localAddress());
        untilReceived(1);
        until("told", () -> !failures.isEmpty());
        assertEquals("send", failures.get(0).operation());
        assertEquals("EMSGSIZE", failures.get(0).errorName());
        assertEquals(server.localAddress(), failures.get(0).address());
    }

    @Test
    void aDirectBufferIsUsedInPlaceAndOthersAreCopied() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        ByteBuffer inPlace = direct("__in place__").limit(10).position(2);
        ByteBuffer heap = ByteBuffer.wrap("on the heap".getBytes(StandardCharsets.US_ASCII));
        client.send(inPlace, server.localAddress());
        assertEquals(10, inPlace.position());
        client.send(heap, server.localAddress());
        assertFalse(heap.hasRemaining());
        heap.array()[0] = 'X';
        untilReceived(2);
        assertEquals(List.of("in place", "on the heap"), received);
        assertEquals(10, inPlace.limit());
        ByteBuffer readOnly = direct("read-only").asReadOnlyBuffer();
        client.send(readOnly, server.localAddress());
        untilReceived(3);
    }

    @Test
    void theSameBufferCanBeSentToMany() throws IOException {
        UdpSocket first = collecting();
        UdpSocket second = collecting();
        UdpSocket client = client();
        ByteBuffer data = direct("to all");
        client.send(data.duplicate(), first.localAddress());
        client.send(data.duplicate(), second.localAddress());
        client.send(data.duplicate(), first.localAddress());
        untilReceived(3);
        assertEquals(List.of("to all", "to all", "to all"), received);
    }

    @Test
    void aChunkIsSentOnAfterItWasLent() throws IOException {
        UdpSocket last = collecting();
        UdpSocket middle = server();
        middle.receive(
                (socket, datagram) -> {
                    datagram.data().skip(2);
                    socket.send(datagram.data(), last.localAddress());
                    socket.send(datagram.data().buffer(), last.localAddress());
                });
        UdpSocket client = client();
        for (int i = 0; i < 10; i++) {
            client.send(direct("__" + i), middle.localAddress());
        }
        untilReceived(20);
        for (int i = 0; i < 20; i++) {
            assertEquals("" + i / 2, received.get(i));
        }
        assertEquals(middle.localAddress(), senders.get(0));
    }

    @Test
    void tryingSendsAtOnceOrNotAtAll() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        ByteBuffer data = direct("__at once__").limit(9).position(2);
        assertTrue(client.trySend(data, server.localAddress()));
        assertEquals(9, data.position());
        untilReceived(1);
        assertEquals(List.of("at once"), received);
        client.send(direct("waits"), server.localAddress());
        data.position(2);
        assertFalse(client.trySend(data, server.localAddress()), "others wait before it");
        assertEquals(2, data.position());
        assertEquals(9, data.limit());
        assertThrows(
                IllegalArgumentException.class,
                () -> client.trySend(ByteBuffer.allocate(1), server.localAddress()));
        untilReceived(2);
    }

    @Test
    void aSendIsNotOverOnTheStackOfItsCall() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress(), sent("a"));
        journal.assertIs();
        client.send(
                direct("b"),
                server.localAddress(),
                (socket, failure) -> {
                    socket.send(direct("c"), server.localAddress(), sent("c"));
                    journal.add("b");
                });
        until("all", () -> journal.has("c"));
        journal.assertIs("a", "b", "c");
        untilReceived(3);
    }

    @Test
    void aSendAnswersWhetherTheQueueIsBelowItsMark() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.watermarks(10, 20, 40);
        client.onWritable(journal.line("writable"));
        assertTrue(client.send(direct(bytes(15)), server.localAddress()));
        assertFalse(client.send(direct(bytes(15)), server.localAddress()));
        assertEquals(30, client.sendQueueSize());
        assertRefused(
                "wait for onWritable", () -> client.send(direct(bytes(15)), server.localAddress()));
        untilReceived(2);
        until("writable", () -> journal.has("writable"));
        assertEquals(0, client.sendQueueSize());
        settle();
        journal.assertIs("writable");
        assertTrue(client.send(direct(bytes(15)), server.localAddress()));
        settle();
        journal.assertIs("writable");
    }

    @Test
    void aQueueIsLimitedInDatagramsAsWell() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        client.watermarks(1, 2, 1024);
        int[] taken = {0};
        assertRefused(
                "limited",
                () -> {
                    while (taken[0] < 100_000) {
                        client.send(direct(""), server.localAddress());
                        taken[0]++;
                    }
                });
        assertEquals(1024, taken[0]);
    }

    @Test
    void aFloodIsSentWithBackPressure() throws IOException {
        UdpSocket server = server();
        long[] bytes = {0};
        server.receive((socket, datagram) -> bytes[0] += datagram.data().length());
        UdpSocket client = client();
        ByteBuffer data = ByteBuffer.allocateDirect(1000);
        int[] left = {5000};
        Runnable go =
                () -> {
                    boolean more = true;
                    while (left[0] > 0 && more) {
                        left[0]--;
                        more = client.send(data.duplicate(), server.localAddress(), sent("x"));
                    }
                };
        client.onWritable(go);
        client.onFailure((socket, failure) -> journal.add("failed " + failure));
        go.run();
        until("all sent", () -> journal.lines().size() == 5000);
        assertEquals(5000, journal.count("x"));
        until("some received", () -> bytes[0] > 0);
    }
}
