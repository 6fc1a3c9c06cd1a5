// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written becomes as few records as the engine can make of it. */
class FullRecordsTest {
    private static final int WHOLE = 1 << 14;

    /** The most that the JDK's engine takes into a record of TLS 1.3, 17 and 25. */
    private static final int WHOLE_OF_JDK = WHOLE - 17;

    /** How much was in each record that the server has sent. */
    private final List<Integer> records = new ArrayList<>();

    private final TlsRig.Received received = new TlsRig.Received();

    /** Whether the server's engine changes its keys before each third record. */
    private boolean changesKeys;

    /** The most that the server's engine puts into a packet; 0 for what it does by itself. */
    private int packetBytes;

    private PlainPairs pairs;
    private ByteStream client;
    private ByteStream server;

    private void connect(String engine, String protocol) throws IOException {
        connect(engine, protocol, WHOLE);
    }

    private void connect(String engine, String protocol, int firstRecords) throws IOException {
        TlsContext clients = TestContexts.client("jdk").tasksInline(true).build();
        TlsContext servers =
                TestContexts.server(engine)
                        .tasksInline(true)
                        .protocols(protocol)
                        .firstRecords(firstRecords)
                        .build();
        pairs =
                new PlainPairs(
                        EventLoop.open(LoopOptions.builder().backend("nio").build()), servers);
        SSLEngine counted = new Counting(servers.serverEngine());
        if (packetBytes > 0) {
            SSLParameters parameters = counted.getSSLParameters();
            parameters.setMaximumPacketSize(packetBytes);
            counted.setSSLParameters(parameters);
        }
        PlainPairs.Pair pair =
                pairs.connect(i -> i == 0 ? clients.clientEngine("localhost", 443) : counted);
        client = pair.client();
        client.read(received);
        server = pair.server();
    }

    private final class Counting extends PassingEngine {
        private int calls;

        Counting(SSLEngine inner) {
            super(inner);
        }

        @Override
        public SSLEngineResult wrap(ByteBuffer source, ByteBuffer into) throws SSLException {
            if (changesKeys && source.hasRemaining() && ++calls % 3 == 0) {
                beginHandshake();
            }
            SSLEngineResult result = super.wrap(source, into);
            if (result.bytesConsumed() > 0) {
                records.add(result.bytesConsumed());
            }
            return result;
        }
    }

    private void until(BooleanSupplier condition) throws IOException {
        for (int turns = 0; !condition.getAsBoolean(); turns++) {
            assertTrue(turns < 1_000_000, "it stands still");
            pairs.loop.run(RunMode.NOWAIT);
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** All of it has come, in records of this many bytes and a last one with the rest. */
    private void check(byte[] sent, int whole) throws IOException {
        until(() -> received.count() >= sent.length);
        assertArrayEquals(sent, received.array());
        List<Integer> expected = new ArrayList<>(Collections.nCopies(sent.length / whole, whole));
        if (sent.length % whole > 0) {
            expected.add(sent.length % whole);
        }
        assertEquals(expected, records);
        pairs.close();
    }

    private static int whole(String engine, String protocol) {
        return engine.equals("jdk") && protocol.equals("TLSv1.3") ? WHOLE_OF_JDK : WHOLE;
    }

    @ParameterizedTest
    @CsvSource({
        "jdk,TLSv1.3,16367",
        "jdk,TLSv1.3,16384",
        "jdk,TLSv1.3,65536",
        "jdk,TLSv1.3,3000000",
        "jdk,TLSv1.2,65536",
        "jdk,TLSv1.2,3000000",
        "conscrypt,TLSv1.3,16384",
        "conscrypt,TLSv1.3,65536",
        "conscrypt,TLSv1.3,3000000",
        "conscrypt,TLSv1.2,65536"
    })
    void aWriteIsFullRecords(String engine, String protocol, int count) throws IOException {
        connect(engine, protocol);
        byte[] sent = bytes(count);
        server.write(sent, 0, count);
        check(sent, whole(engine, protocol));
    }

    @ParameterizedTest
    @CsvSource({
        "jdk,TLSv1.3,20,50000",
        "jdk,TLSv1.3,1,20000",
        "jdk,TLSv1.3,3,90000",
        "jdk,TLSv1.3,1000,1000000",
        "jdk,TLSv1.2,20,50000",
        "conscrypt,TLSv1.3,20,50000",
        "conscrypt,TLSv1.2,20,50000"
    })
    void soAreManySmallOnesOfOneCallback(String engine, String protocol, int each, int all)
            throws IOException {
        connect(engine, protocol);
        byte[] sent = bytes(all);
        server.read(
                (stream, chunk) -> {
                    for (int at = 0; at < sent.length; at += each) {
                        stream.write(sent, at, each);
                    }
                });
        TlsRig.write(client, "go");
        check(sent, whole(engine, protocol));
    }

    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3"})
    void soIsAFile(String engine, String protocol, @TempDir Path directory) throws IOException {
        connect(engine, protocol);
        byte[] sent = bytes(300_001);
        Path path = Files.write(directory.resolve("file"), sent);
        server.sendFile(path, 0, sent.length, null);
        check(sent, whole(engine, protocol));
    }

    /**
     * Each takes what its record has room for; only what nothing follows is a record of its own.
     */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3"})
    void soAreAttempts(String engine, String protocol) throws IOException {
        connect(engine, protocol);
        byte[] sent = bytes(50_000);
        ByteBuffer source = ByteBuffer.allocateDirect(sent.length).put(sent).flip();
        for (int turns = 0; source.hasRemaining(); turns++) {
            assertTrue(turns < 1_000_000, "it stands still");
            server.tryWrite(source);
            pairs.loop.run(RunMode.NOWAIT);
        }
        check(sent, whole(engine, protocol));
    }

    /** Less than a record may have, which is how engines keep what they have agreed on. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2"})
    void anEngineThatTakesLessIsGivenTheRestAgain(String engine, String protocol)
            throws IOException {
        packetBytes = 1_000;
        connect(engine, protocol);
        byte[] sent = bytes(200_000);
        server.write(sent, 0, sent.length);
        until(() -> received.count() >= sent.length);
        check(sent, records.get(0));
    }

    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "conscrypt,TLSv1.3"})
    void theFirstAreSmallIfThatIsAskedFor(String engine, String protocol) throws IOException {
        connect(engine, protocol, 1_200);
        byte[] sent = bytes(200_000);
        server.write(sent, 0, sent.length);
        until(() -> received.count() >= sent.length);
        assertArrayEquals(sent, received.array());
        int small = (1 << 16) / 1_200 + 1;
        int whole = whole(engine, protocol);
        assertEquals(Collections.nCopies(small, 1_200), records.subList(0, small));
        assertEquals(whole, records.get(small));
        int rest = sent.length - small * 1_200;
        assertEquals((rest + whole - 1) / whole, records.size() - small);
        pairs.close();
    }

    @Test
    void keysMayChangeBetweenTwoRecords() throws IOException {
        connect("jdk", "TLSv1.3");
        changesKeys = true;
        byte[] sent = bytes(3_000_000);
        server.write(sent, 0, sent.length);
        check(sent, WHOLE_OF_JDK);
    }
}
