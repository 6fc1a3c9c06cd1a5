// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One send of many datagrams, and many datagrams in one delivery: by the kernel, or here. */
public abstract class UdpSegmentContract extends UdpFixture {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Integer> lengths = new ArrayList<>();

    private UdpSocket takingApart() throws IOException {
        UdpSocket server = server();
        server.options().receiveBufferSize(1 << 20);
        server.receive(
                (socket, datagram) -> {
                    int length = datagram.data().length();
                    byte[] all = new byte[length];
                    datagram.data().copyTo(0, all, 0, length);
                    int segment = Math.max(1, datagram.segmentBytes());
                    for (int at = 0; at < length; at += segment) {
                        int end = Math.min(length, at + segment);
                        bytes.write(all, at, end - at);
                        lengths.add(end - at);
                    }
                });
        return server;
    }

    private static List<Integer> segments(int count, int each, int last) {
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add(each);
        }
        expected.add(last);
        return expected;
    }

    @Test
    void oneBufferGoesInManyDatagrams() throws IOException {
        UdpSocket server = takingApart();
        UdpSocket client = client();
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(100);
        client.send(direct(bytes(1050)), server.localAddress(), segments, sent("sent"));
        until("all", () -> bytes.size() == 1050);
        until("the end", () -> journal.has("sent"));
        assertEquals(segments(10, 100, 50), lengths);
        assertArrayEquals(bytes(1050), bytes.toByteArray());
        journal.assertIs("sent");
    }

    @Test
    void whatFitsIntoOneIsOne() throws IOException {
        UdpSocket server = takingApart();
        UdpSocket client = client();
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(100);
        for (int size : new int[] {0, 1, 99, 100}) {
            client.send(direct(bytes(size)), server.localAddress(), segments, sent("sent"));
        }
        until("all", () -> bytes.size() == 200);
        until("ends", () -> journal.lines().size() == 4);
        assertEquals(List.of(1, 99, 100), lengths);
    }

    /** More than the kernel takes at once. */
    @Test
    void aLargeBufferGoesInAsManyAsItTakes() throws IOException {
        UdpSocket server = takingApart();
        UdpSocket client = client();
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(1000);
        client.send(direct(bytes(90_500)), server.localAddress(), segments, sent("sent"));
        until("all", () -> bytes.size() == 90_500);
        assertEquals(segments(90, 1000, 500), lengths);
        assertArrayEquals(bytes(90_500), bytes.toByteArray());
        until("the end", () -> journal.has("sent"));
    }

    @Test
    void severalMayComeTogetherAndAreToldApart() throws IOException {
        UdpSocket server = takingApart();
        server.options().coalesce(true);
        UdpSocket client = UdpSocket.connect(clientLoop(), server.localAddress());
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(200);
        client.send(direct(bytes(4100)), null, segments, sent("sent"));
        until("all", () -> bytes.size() == 4100);
        client.send(direct(bytes(10)), null, sent("alone"));
        until("all", () -> bytes.size() == 4110);
        List<Integer> expected = segments(20, 200, 100);
        expected.add(10);
        assertEquals(expected, lengths);
        server.options().coalesce(false);
        client.send(direct(bytes(400)), null, segments, sent("apart"));
        until("all", () -> bytes.size() == 4510);
    }

    @Test
    void theOtherSendsKeepTheirPlaces() throws IOException {
        UdpSocket server = takingApart();
        UdpSocket client = client();
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(10);
        client.send(direct(bytes(3)), server.localAddress(), sent("a"));
        client.send(direct(bytes(25)), server.localAddress(), segments, sent("b"));
        client.send(direct(bytes(4)), server.localAddress(), sent("c"));
        until("all", () -> bytes.size() == 32);
        until("the ends", () -> journal.lines().size() == 3);
        assertEquals(List.of(3, 10, 10, 5, 4), lengths);
        journal.assertIs("a", "b", "c");
        assertTrue(client.sendQueueSize() == 0);
    }

    @Test
    void aSegmentIsOfALengthThatADatagramCanHave() throws IOException {
        for (int wrong : new int[] {-1, 0, 65_508}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> UdpSendOptions.plain().segmentBytes(wrong));
        }
        UdpSocket client = client();
        client.send(
                direct(bytes(300)),
                new InetSocketAddress(six(1), 9),
                UdpSendOptions.plain().segmentBytes(100),
                (socket, failure) -> {
                    if (failure != null) {
                        journal.add(failure.errorName() + " after " + failure.bytesTransferred());
                    }
                });
        until("the end", () -> journal.has("EAFNOSUPPORT after 0"));
    }
}
