// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.LoopOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Datagrams where chunks are few and small. */
public abstract class UdpLimitsContract extends UdpFixture {
    private static final int CHUNKS = 16;
    private static final int CHUNK_BYTES = 512;

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.chunks(CHUNKS, CHUNK_BYTES);
    }

    @Test
    void aDatagramLongerThanAChunkIsCutAndSaysSo() throws IOException {
        UdpSocket server = server();
        List<byte[]> whole = new ArrayList<>();
        List<Boolean> cut = new ArrayList<>();
        server.receive(
                (socket, datagram) -> {
                    byte[] bytes = new byte[datagram.data().length()];
                    datagram.data().copyTo(0, bytes, 0, bytes.length);
                    whole.add(bytes);
                    cut.add(datagram.isTruncated());
                });
        UdpSocket client = client();
        for (int size : new int[] {300, 4000, CHUNK_BYTES, 60_000, 0, 300}) {
            client.send(direct(bytes(size)), server.localAddress());
        }
        until("all", () -> whole.size() == 6);
        assertEquals(List.of(false, true, false, true, false, false), cut);
        assertArrayEquals(bytes(300), whole.get(0));
        assertArrayEquals(bytes(CHUNK_BYTES), whole.get(2));
        assertArrayEquals(bytes(300), whole.get(5));
        byte[] long1 = whole.get(1);
        assertTrue(long1.length >= CHUNK_BYTES, () -> "only " + long1.length + " bytes");
        assertArrayEquals(Arrays.copyOf(bytes(4000), long1.length), long1);
    }

    @Test
    void whileAllChunksAreKeptDatagramsWait() throws IOException {
        UdpSocket server = server();
        List<Chunk> kept = new ArrayList<>();
        server.receive(
                (socket, datagram) -> {
                    received.add(text(datagram));
                    kept.add(datagram.data().keep());
                });
        UdpSocket client = client();
        for (int i = 0; i < 5 * CHUNKS; i++) {
            client.send(direct("" + i), server.localAddress());
        }
        while (received.size() < 5 * CHUNKS) {
            int before = received.size();
            settle();
            kept.forEach(Chunk::release);
            kept.clear();
            until("more", () -> received.size() > before);
        }
        kept.forEach(Chunk::release);
        for (int i = 0; i < 5 * CHUNKS; i++) {
            assertEquals("" + i, received.get(i));
        }
    }

    @Test
    void everySocketHearsItsDatagramsAlthoughChunksAreFew() throws IOException {
        int[] counts = new int[3 * CHUNKS];
        List<UdpSocket> servers = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            UdpSocket server = server();
            int index = i;
            server.receive((socket, datagram) -> counts[index]++);
            servers.add(server);
        }
        UdpSocket client = client();
        for (int round = 0; round < 10; round++) {
            for (UdpSocket server : servers) {
                client.send(direct("a"), server.localAddress());
            }
        }
        until("all", () -> Arrays.stream(counts).allMatch(count -> count == 10));
    }
}
